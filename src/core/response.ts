/** Header fields by their lower-case names; several values are several lines. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** What an answer is made of, before it becomes a `Response`: hosts with a faster way to send it take it as it is. */
export class Answer {
  readonly status: number;
  readonly headers: Fields;
  readonly body: string | null;
  readonly #init: Init;
  #length: number | undefined;
  #head: Answer | undefined;
  #wasMade = false;
  // The Response class that `#make` was made for, and a function that makes another equal Response.
  #class: typeof Response | undefined;
  #make: (() => Response) | undefined;

  constructor(status: number, headers: Fields, body: string | null, init: Init = new Init(status, headers)) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.#init = init;
  }

  /** The length of the body in bytes. */
  get length(): number {
    return this.#length ??= this.body === null ? 0 : new TextEncoder().encode(this.body).length;
  }

  /** The same answer to HEAD: some servers would say of no body that it has 0 bytes (RFC 9110 section 8.6). */
  get head(): Answer {
    return this.#head ??= new Answer(this.status, { ...this.headers, "content-length": String(this.length) }, null);
  }

  /** An answer with the same status and header fields, which are prepared once for all of them. */
  withBody(body: string): Answer {
    return new Answer(this.status, this.headers, body, this.#init);
  }

  /** A fresh `Response`, of the class that is the global one now: servers put a faster one there. */
  toResponse(): Response {
    const ResponseClass = globalThis.Response;
    if (this.#class === ResponseClass) return this.#make!();
    // Many an answer is given once: only the second time it pays to prepare for more. And nothing is made any earlier:
    // Workers allow no Response at the top level of a module, where gates are made.
    if (!this.#wasMade) {
      this.#wasMade = true;
      return new ResponseClass(this.body, this.#init.of(ResponseClass));
    }
    this.#make = responseMaker(ResponseClass, this.body, this.#init.of(ResponseClass));
    this.#class = ResponseClass;
    return this.#make();
  }
}

/** Whether a value is an {@link Answer}, also one of another copy of this package: CommonJS and ESM have their own. */
export function isAnswer(value: Answer | Response): value is Answer {
  return "toResponse" in value;
}

/** The status and the header fields as a class of Response takes them, made when it is first needed. */
class Init {
  readonly #status: number;
  readonly #fields: Fields;
  #class: typeof Response | undefined;
  #init: { status: number; headers: Headers } | undefined;

  constructor(status: number, fields: Fields) {
    this.#status = status;
    this.#fields = fields;
  }

  of(ResponseClass: typeof Response): { status: number; headers: Headers } {
    if (this.#class !== ResponseClass) {
      const headers = new Headers();
      for (const [name, value] of Object.entries(this.#fields)) {
        for (const each of typeof value === "string" ? [value] : value) headers.append(name, each);
      }
      this.#init = { status: this.#status, headers };
      this.#class = ResponseClass;
    }
    return this.#init!;
  }
}

// Node loads its Fetch API when it is first touched, so it is not touched there before it is needed.
const OwnResponse = "Deno" in globalThis || "Bun" in globalThis ? globalThis.Response : undefined;

/** The cheapest way to make equal Responses again and again, as the benchmark of this repository measures it. */
function responseMaker(
  ResponseClass: typeof Response,
  body: string | null,
  init: { status: number; headers: Headers },
): () => Response {
  if ("Deno" in globalThis && ResponseClass === OwnResponse) {
    // Only Deno copies no stream for a clone: elsewhere each would split the template's stream again. The body is text,
    // because bytes would be shared with whoever reads them.
    const template = new ResponseClass(body, init);
    return () => template.clone();
  }
  if ("Bun" in globalThis && ResponseClass === OwnResponse) {
    const template = new ResponseClass(null, init);
    return () => new ResponseClass(body, template);
  }
  return () => new ResponseClass(body, init);
}
