/**
 * The visitors of the flip benchmark: `_flip-load.ts <connections for each port> <pause in ms> <ports…>`, with a line of
 * JSON for each line that it reads.
 *
 * Each connection sends a request, waits for the answer and for the pause, and sends the next one.
 */
import { connect, type Socket } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { machineNow } from "../night/_ledger.ts";

const [connections, pauseMs, ...ports] = process.argv.slice(2).map(Number) as [number, number, ...number[]];
const REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/plain\r\n\r\n";

/** The answers with 200 since they were last forgotten: when each request was sent, and when its answer had come. */
let passed: [sentAt: number, receivedAt: number][] = [];
let answers = 0;
const others = new Map<string, number>();

/** Where a response ends that starts the text, or -1 if it is not all there. */
function endOf(text: string): number {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return -1;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head + 2))?.[1];
  if (length !== undefined) return text.length >= head + 4 + Number(length) ? head + 4 + Number(length) : -1;
  const end = text.indexOf("\r\n0\r\n\r\n", head);
  return end < 0 ? -1 : end + 7;
}

function visit(port: number): void {
  const socket: Socket = connect(port, "127.0.0.1").setNoDelay(true).setEncoding("latin1");
  let text = "";
  let sentAt = 0;
  const send = () => {
    sentAt = machineNow();
    socket.write(REQUEST);
  };
  socket.on("connect", () => setTimeout(send, Math.random() * pauseMs));
  socket.on("data", (part: string) => {
    text += part;
    const end = endOf(text);
    if (end < 0) return;
    const status = text.slice(9, 12);
    text = text.slice(end);
    answers++;
    if (status === "200") passed.push([sentAt, machineNow()]);
    else if (status !== "503") others.set(status, (others.get(status) ?? 0) + 1);
    if (pauseMs === 0) send();
    else setTimeout(send, pauseMs * (0.5 + Math.random()));
  });
  for (const event of ["error", "end"]) socket.on(event, () => others.set(event, (others.get(event) ?? 0) + 1));
}

for (const port of ports) for (let i = 0; i < connections; i++) visit(port);

createInterface({ input: process.stdin })
  .on("line", (line) => {
    if (line === "forget") passed = [];
    console.log(JSON.stringify({ passed, answers, others: [...others] }));
  })
  .on("close", () => process.exit());
