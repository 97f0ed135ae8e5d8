/** HTTP/1.1 by hand over a socket, so that odd targets, methods and headers reach the server as they are written. */
import { connect } from "node:net";
import type { CaseRequest, Reply } from "../suite.ts";
import { inTime } from "./target.ts";

/** Where a server listens. */
export type Address = { host: string; port: number } | { path: string };

/** Sends a request, and the one after it, on a connection of their own. */
export function sendOver(address: Address, request: CaseRequest, fields: Record<string, string>): Promise<Reply> {
  // Behind a HEAD another request is sent, so that body bytes that must not be there are seen in front of its reply.
  const second = request.then ?? (request.method === "HEAD" ? { headers: { "x-gate": "bare-off" } } : undefined);
  const requests: CaseRequest[] = second ? [request, second] : [request];
  const bytes = Buffer.concat(requests.map((one, i) => encode(one, fields, i === requests.length - 1)));
  return inTime(
    `${request.method ?? "GET"} ${request.target ?? "/"}`,
    new Promise((resolve, reject) => {
      const socket = connect({ ...address, ...request.from ? { localAddress: request.from } : {} });
      const chunks: Buffer[] = [];
      const done = (error?: Error) => {
        socket.destroy();
        const raw = Buffer.concat(chunks);
        // A server that closes before it has read a body resets the connection; what it said before that counts.
        if (error && raw.length === 0 && (error as NodeJS.ErrnoException).code === "ECONNREFUSED") return reject(error);
        const replies = decodeAll(raw, requests, true);
        const [first = none(), then] = replies;
        resolve(request.then ? { ...first, then } : first);
      };
      socket.on("data", (chunk) => {
        chunks.push(chunk);
        if (decodeAll(Buffer.concat(chunks), requests).length === requests.length) done();
      });
      socket.on("end", () => done());
      socket.on("error", done);
      if (!request.hangUp) return void socket.write(bytes);
      // Long enough for the head to be read and short of the end of the body.
      socket.write(bytes.subarray(0, bytes.length - request.body!.length / 2), () => setTimeout(done, 20));
    }),
  );
}

function none(): Reply {
  return { status: 0, headers: new Map(), body: "" };
}

function encode(request: CaseRequest, fields: Record<string, string>, last: boolean): Buffer {
  const { method = "GET", version = "1.1", target = "/", headers = {}, body } = request;
  const lines = [`${method} ${target} HTTP/${version}`];
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const add = (name: string, value: string) => given.has(name) || lines.push(`${name}: ${value}`);
  for (const [name, value] of Object.entries(fields)) add(name, value);
  if (last) add("connection", "close");
  const bytes = Buffer.from(body ?? "");
  if (body !== undefined) add("content-length", String(bytes.length));
  for (const [name, value] of Object.entries(headers)) {
    for (const line of value === null ? [] : typeof value === "string" ? [value] : value) {
      lines.push(`${name}: ${line}`);
    }
  }
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), bytes]);
}

/** As many whole replies as the bytes hold. */
function decodeAll(raw: Buffer, requests: readonly CaseRequest[], ended = false): Reply[] {
  const replies: Reply[] = [];
  let rest = raw;
  for (const request of requests) {
    let decoded = decode(rest, request.method === "HEAD", ended);
    while (decoded && decoded.reply.status >= 100 && decoded.reply.status < 200 && decoded.reply.status !== 101) {
      rest = rest.subarray(decoded.length);
      decoded = decode(rest, request.method === "HEAD", ended);
    }
    if (!decoded) break;
    replies.push(decoded.reply);
    rest = rest.subarray(decoded.length);
  }
  return replies;
}

function decode(raw: Buffer, head: boolean, ended: boolean): { reply: Reply; length: number } | undefined {
  const end = raw.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = raw.subarray(0, end).toString("latin1").split("\r\n");
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  const status = Number(first.split(" ")[1]);
  const start = end + 4;
  const reply = (body: Buffer, length: number) => ({ reply: { status, headers, body: body.toString() }, length });
  if (head) {
    const next = raw.indexOf("HTTP/1.", start);
    if (next < 0 && !ended) return undefined;
    return reply(raw.subarray(start, next < 0 ? raw.length : next), next < 0 ? raw.length : next);
  }
  if (status < 200 || status === 204 || status === 304) return reply(Buffer.alloc(0), start);
  if (/chunked/i.test(headers.get("transfer-encoding") ?? "")) {
    const parts: Buffer[] = [];
    for (let at = start;;) {
      const line = raw.indexOf("\r\n", at);
      if (line < 0) return undefined;
      const size = parseInt(raw.subarray(at, line).toString(), 16);
      if (raw.length < line + 2 + size + 2) return undefined;
      if (size === 0) return reply(Buffer.concat(parts), line + 4);
      parts.push(raw.subarray(line + 2, line + 2 + size));
      at = line + 2 + size + 2;
    }
  }
  const length = headers.get("content-length");
  if (length === undefined) return ended ? reply(raw.subarray(start), raw.length) : undefined;
  if (raw.length < start + Number(length)) return undefined;
  return reply(raw.subarray(start, start + Number(length)), start + Number(length));
}
