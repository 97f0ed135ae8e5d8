/** `curl` as the pages call it: the real one, or where there is none the little that is needed of it. */
import { execFile, spawnSync } from "node:child_process";
import { request } from "node:http";
import { promisify } from "node:util";

/** What `curl -i` prints, in parts. */
export interface Printed {
  /** The first line. */
  status: string;
  /** The header fields, by their names in lower case. */
  fields: Record<string, string>;
  body: string;
}

const exists = spawnSync("curl", ["--version"]).status === 0;

/** Runs a line of shell that calls `curl`. */
export async function curl(line: string): Promise<string> {
  if (!exists) return await imitate(line);
  const { stdout } = await promisify(execFile)("sh", ["-c", line], { timeout: 60_000 });
  return stdout;
}

/** Takes apart what `curl -i` has printed. */
export function parsePrinted(text: string): Printed {
  const [, head = "", body = ""] = /^(.*?)\r?\n\r?\n(.*)$/s.exec(text) ?? [];
  const [status = "", ...fields] = head.split(/\r?\n/);
  return {
    status,
    fields: Object.fromEntries(fields.map((field) => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
    })),
    body,
  };
}

/** Knows -i, -I, -s, -X and -H. */
async function imitate(line: string): Promise<string> {
  const words = Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), (match) => match[1] ?? match[2]!);
  const url = words.find((word) => word.startsWith("http://"));
  if (words[0] !== "curl" || url === undefined) throw new Error(`Cannot run without curl: ${line}`);
  const headers: Record<string, string> = { accept: "*/*" };
  let method = words.includes("-I") ? "HEAD" : "GET";
  words.forEach((word, at) => {
    if (word === "-X") method = words[at + 1]!;
    if (word !== "-H") return;
    const [name, value] = words[at + 1]!.split(/: */, 2) as [string, string];
    headers[name.toLowerCase()] = value;
  });
  return await new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const { httpVersion, statusCode, statusMessage, rawHeaders } = response;
      let body = "";
      response.setEncoding("utf8").on("data", (text) => body += text).on("end", () => {
        const fields = rawHeaders.map((text, at) => at % 2 === 0 ? `${text}: ` : `${text}\r\n`).join("");
        const head = `HTTP/${httpVersion} ${statusCode} ${statusMessage}\r\n${fields}\r\n`;
        resolve((words.includes("-i") || words.includes("-I") ? head : "") + body);
      });
    });
    sent.on("error", reject).end();
  });
}
