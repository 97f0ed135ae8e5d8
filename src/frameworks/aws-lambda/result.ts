import { type AddedFields, addFields } from "../../hosts/common/fields.ts";
import type { LambdaEvent } from "./event.ts";

/** The answer of the gate, in the form that the event asks for. */
export interface LambdaAnswer {
  /** The status. */
  statusCode: number;
  /** The header fields, for events of version 2.0, and of load balancers without several values. */
  headers?: Record<string, string>;
  /** The header fields, for other events. */
  multiValueHeaders?: Record<string, string[]>;
  /** The cookies to set, for events of version 2.0. */
  cookies?: string[];
  /** The body. */
  body: string;
  /** Whether the body is in Base64. */
  isBase64Encoded: boolean;
}

/** The parts that are read of a result of a handler. */
interface LambdaResult {
  readonly statusCode?: number | string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly unknown[]>>;
  readonly cookies?: readonly string[];
}

/** Text that needs no Base64. */
const TEXT = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml)\b)/;

/** Gives an answer in the form that the event asks for. */
export async function toAnswer(response: Response, event: LambdaEvent, prefix: string): Promise<LambdaAnswer> {
  const headers = new Headers(response.headers);
  const location = headers.get("location");
  if (location?.startsWith("/") && !location.startsWith("//")) headers.set("location", prefix + location);
  headers.delete("content-length");
  const isText = !headers.has("content-encoding") && TEXT.test(headers.get("content-type") ?? "text/");
  const body = isText ? await response.text() : base64Of(new Uint8Array(await response.arrayBuffer()));
  return { statusCode: response.status, ...fieldsFor(headers, event), body, isBase64Encoded: !isText };
}

/** Adds header fields to the result of a handler, in the form that the event asks for. */
export function addToResult(result: unknown, fields: AddedFields | undefined, event: LambdaEvent): unknown {
  if (fields === undefined) return result;
  const whole = wholeResult(result, event);
  const status = Number(whole?.statusCode);
  if (whole === undefined || !(status >= 200 && status <= 599)) return result;
  const { headers, multiValueHeaders, cookies, ...rest } = whole;
  const all = new Headers();
  for (const [name, value] of Object.entries({ ...headers, ...multiValueHeaders })) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) all.append(name, String(one));
  }
  for (const cookie of cookies ?? []) all.append("set-cookie", cookie);
  const changed = addFields(new Response(null, { status, headers: all }), fields);
  return { ...rest, ...fieldsFor(changed.headers, event) };
}

/** A result with a status: from version 2.0 on, API Gateway takes all else for the body. */
function wholeResult(result: unknown, { version }: LambdaEvent): LambdaResult | undefined {
  if (typeof result === "object" && result !== null && "statusCode" in result) return result as LambdaResult;
  if (version !== "2.0" || result === undefined || result === null) return undefined;
  const body = typeof result === "string" ? result : JSON.stringify(result);
  return { statusCode: 200, headers: { "content-type": "application/json" }, body } as LambdaResult;
}

function fieldsFor(all: Headers, event: LambdaEvent): Pick<LambdaAnswer, "headers" | "multiValueHeaders" | "cookies"> {
  const cookies = all.getSetCookie();
  const headers = Object.fromEntries([...all].filter(([name]) => name !== "set-cookie"));
  if (event.version === "2.0") return { headers, ...(cookies.length > 0 && { cookies }) };
  const [cookie] = cookies;
  const takesOne = event.requestContext?.elb !== undefined && event.multiValueHeaders === undefined;
  if (takesOne) return { headers: cookie === undefined ? headers : { ...headers, "set-cookie": cookies.at(-1)! } };
  const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return {
    multiValueHeaders: cookie === undefined ? multiValueHeaders : { ...multiValueHeaders, "set-cookie": cookies },
  };
}

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
