import type { Codec } from "../codec.js";
import { UsageError } from "../sys/errors.js";
import { arrayIndex } from "./array.js";
import { Elements } from "./elements.js";
import type { MapHandle } from "./handle.js";
import { KeyedMap } from "./keyed.js";
import { BpfMap } from "./map.js";

/** A descriptor on its way to the kernel, a cookie on its way back: 8 bytes, or 4, which hold no cookie. */
const socketValue = (bytes: number): Codec<bigint> => ({
  size: bytes,
  read: (view, at) => {
    if (bytes < 8)
      throw new UsageError("unsupported", "a map of sockets tells their cookies if its value has 8 bytes");
    return view.getBigUint64(at, true);
  },
  write: (view, at, value) => {
    if (bytes === 8) view.setBigUint64(at, value, true);
    else view.setUint32(at, Number(value), true);
  },
});

/** Sockets by a key: one is set by its descriptor, and leaves by itself when it is closed. */
class SocketsBy<K> extends BpfMap {
  readonly #sockets: KeyedMap<K, bigint>;
  readonly #keys: Codec<K>;

  constructor(handle: MapHandle, keys: Codec<K>) {
    super(handle);
    this.#keys = keys;
    this.#sockets = new KeyedMap(handle, keys, socketValue(handle.facts.valueSize));
  }

  /** @throws SyscallError EOPNOTSUPP for a socket that is of another kind, or not connected */
  set(key: K, socket: { readonly fd: number }): this {
    this.#sockets.set(key, BigInt(socket.fd));
    return this;
  }

  /**
   * The socket's cookie (`SO_COOKIE`); undefined for an empty place.
   *
   * @throws UsageError `unsupported` for a map whose value has 4 bytes
   */
  get(key: K): bigint | undefined {
    return this.#sockets.get(key);
  }

  /** False if there was none. */
  delete(key: K): boolean {
    return this.#sockets.delete(key);
  }

  /** Keys of a hash; all places of an array. */
  *keys(): IterableIterator<K> {
    const cursor = new Elements(this.handle, this.handle.facts.valueSize);
    for (let more = cursor.firstKey(); more; more = cursor.nextKey()) yield this.#keys.read(cursor.key, 0);
  }
}

/** BPF_MAP_TYPE_SOCKMAP: sockets by place. Linux 4.14. */
export class SockMap extends SocketsBy<number> {
  constructor(handle: MapHandle) {
    super(handle, arrayIndex);
  }
}

/** BPF_MAP_TYPE_SOCKHASH: sockets by a key. Linux 4.18. */
export class SockHash<K> extends SocketsBy<K> {}

/** BPF_MAP_TYPE_REUSEPORT_SOCKARRAY: bound sockets of one port, by place. Linux 4.19. */
export class ReuseportSockArray extends SocketsBy<number> {
  constructor(handle: MapHandle) {
    super(handle, arrayIndex);
  }
}
