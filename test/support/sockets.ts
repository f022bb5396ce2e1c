import { createSocket, type Socket as Datagram } from "node:dgram";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Bench } from "./bench.js";

/** Descriptor of a socket of Node's. */
export function descriptor(socket: Socket | Datagram): number {
  const handle: unknown =
    Reflect.get(socket, "_handle") ??
    Object.getOwnPropertySymbols(socket)
      .map((symbol): unknown => Reflect.get(socket, symbol))
      .map((state) => (typeof state === "object" && state !== null ? Reflect.get(state, "handle") : null))
      .find((found) => typeof found === "object" && found !== null);
  const fd: unknown = typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : null;
  if (typeof fd !== "number" || fd < 0) throw new Error("the socket has no descriptor");
  return fd;
}

/** Two ends of a TCP connection within this process. */
export async function tcpPair(t: Bench): Promise<{ readonly client: Socket; readonly server: Socket }> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  const accepted = new Promise<Socket>((resolve) => listener.once("connection", resolve));
  const client = connect(port, "127.0.0.1");
  const server = await accepted;
  await new Promise<void>((resolve) => (client.connecting ? client.once("connect", resolve) : resolve()));
  listener.close();
  t.defer(() => void client.destroy());
  t.defer(() => void server.destroy());
  return { client, server };
}

/** A socket of UDP on a free port of the loopback. */
export async function udpSocket(t: Bench): Promise<{ readonly socket: Datagram; readonly port: number }> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  t.defer(() => void socket.close());
  return { socket, port: socket.address().port };
}
