import type { NodeRequest } from "./info.ts";
import type { RewrittenRequest } from "../../gate/request-urls.ts";
import { rewriteOf, urlOf } from "./request-url.ts";

const COLON = 58;

type Fields = NodeRequest["headers"];

/**
 * The request of a Node server by the members of a `Request` that the gate reads. It costs a fraction of a real one, which
 * it becomes by {@link toRequest} before a function of the options gets it.
 */
export class GateRequest implements RewrittenRequest {
  readonly method: string;
  readonly url: string;
  readonly rewrittenUrl: string | undefined;
  readonly isCut: boolean;
  readonly isUpgrade: boolean;
  readonly headers: GateHeaders;

  constructor(req: NodeRequest) {
    this.method = normalMethod(req.method ?? "GET");
    this.url = urlOf(req);
    const rewrite = rewriteOf(req);
    this.rewrittenUrl = rewrite?.url;
    this.isCut = rewrite?.isCut ?? false;
    this.isUpgrade = (req as { upgrade?: unknown }).upgrade === true;
    this.headers = new GateHeaders(req.headers);
  }

  /** A real `Request`, without the body. */
  toRequest(): Request {
    const { rewrittenUrl, isCut, isUpgrade } = this;
    const request = this.#toPlainRequest();
    if (rewrittenUrl === undefined && !isUpgrade) return request;
    const more = { rewrittenUrl, isCut, isUpgrade };
    return Object.defineProperties(
      request,
      Object.fromEntries(Object.entries(more).map(([name, value]) => [name, { value }])),
    );
  }

  #toPlainRequest(): Request {
    const { url, method } = this;
    const headers = this.headers.toHeaders();
    try {
      return new Request(url, { method, headers });
    } catch {
      // A Request refuses methods such as TRACE.
      return Object.defineProperty(new Request(url, { headers }), "method", { value: method });
    }
  }
}

/** The header fields of a {@link GateRequest}. */
class GateHeaders {
  readonly #fields: Fields;

  constructor(fields: Fields) {
    this.#fields = fields;
  }

  get(name: string): string | null {
    const fields = this.#fields;
    const own = fields[name] === undefined ? name.toLowerCase() : name;
    const value = fields[own];
    // Somebody may have put fields on Object.prototype.
    if (value === undefined || !Object.hasOwn(fields, own)) return null;
    return typeof value === "string" ? value : `${value}`;
  }

  forEach(callback: (value: string, name: string) => void): void {
    for (const name of Object.keys(this.#fields)) {
      // HTTP/2's pseudo-header fields, such as ":path", are no header fields.
      if (name.charCodeAt(0) !== COLON && this.#fields[name] !== undefined) callback(this.get(name)!, name);
    }
  }

  toHeaders(): Headers {
    const headers = new Headers();
    this.forEach((value, name) => {
      try {
        headers.append(name, value);
      } catch {
        // A server that was told to parse leniently lets in names and values that Headers refuses.
      }
    });
    return headers;
  }
}

/** The method as the Fetch standard writes it: these alone may be in lower case, which HTTP/2 lets through. */
function normalMethod(method: string): string {
  return /^(?:delete|get|head|options|post|put)$/i.test(method) ? method.toUpperCase() : method;
}

/** What a guard is asked about: the gate reads nothing of a `Request` that a {@link GateRequest} lacks. */
export function gateRequest(req: NodeRequest): Request {
  return new GateRequest(req) as unknown as Request;
}

/** A real `Request` for a function of the options. */
export function realRequest(request: Request): Request {
  return request instanceof GateRequest ? request.toRequest() : request;
}
