/** Requests as a browser or a program sends them, with each field as it is given. */
import { request } from "node:http";
import { COOKIE } from "./_site.ts";

/** An answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- the tests look into it
  readonly body: any;
}

/** Sends a request of a stranger. */
export function askAsStranger(
  url: string,
  method = "GET",
  headers: Readonly<Record<string, string>> = {},
  body?: string | Uint8Array,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Uint8Array[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = /json/.test(response.headers["content-type"] ?? "") && text !== "";
        const { statusCode, headers } = response;
        resolve({ status: statusCode!, headers, text, body: isJson ? JSON.parse(text) : undefined });
      });
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Sends a request of the operator. */
export function ask(
  url: string,
  method = "GET",
  headers: Readonly<Record<string, string>> = {},
  body?: unknown,
): Promise<Answer> {
  const type = body === undefined ? {} : { "content-type": "application/json" };
  return askAsStranger(
    url,
    method,
    { cookie: COOKIE, ...type, ...headers },
    body === undefined ? undefined : JSON.stringify(body),
  );
}

/** The token of the operator. */
export async function tokenOf(panel: string): Promise<Record<string, string>> {
  const { headers } = await ask(`${panel}/api/state`);
  return { "maintenance-token": headers["maintenance-token"] as string };
}

/** Changes a window as it is now: with the token and the tag that it has. */
export async function change(panel: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const token = await tokenOf(panel);
  const { status, headers } = await ask(`${panel}/api/${path.replace(/\/bypass$/, "")}`);
  const condition: Record<string, string> = status === 404
    ? { "if-none-match": "*" }
    : { "if-match": headers["etag"] as string };
  return await ask(`${panel}/api/${path}`, method, { ...token, ...condition }, body);
}
