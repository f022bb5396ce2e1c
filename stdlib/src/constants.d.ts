/** What an XDP program decides (enum xdp_action, include/uapi/linux/bpf.h). */
export declare enum XdpAction {
  ABORTED = 0,
  DROP = 1,
  PASS = 2,
  TX = 3,
  REDIRECT = 4,
}
/** What a tc program decides (include/uapi/linux/pkt_cls.h); NEXT, as tcx says, goes on to the next program. */
export declare enum TcAction {
  UNSPEC = -1,
  NEXT = -1,
  OK = 0,
  PASS = 0,
  RECLASSIFY = 1,
  SHOT = 2,
  DROP = 2,
  PIPE = 3,
  STOLEN = 4,
  QUEUED = 5,
  REPEAT = 6,
  REDIRECT = 7,
  TRAP = 8,
}
/** What a socket program decides (enum sk_action). */
export declare enum SkAction {
  DROP = 0,
  PASS = 1,
}

export {};
