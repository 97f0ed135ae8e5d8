/** What an answer is made of, before it becomes a `Response`: hosts with a faster way to send it take it as it is. */
export class Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | null;
  #length: number | undefined;
  #head: Answer | undefined;
  // The Response class that `#make` was made for, and a function that makes another equal Response.
  #class: typeof Response | undefined;
  #make: (() => Response) | undefined;

  constructor(status: number, headers: Record<string, string | readonly string[]>, body: string | null) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /** The length of the body in bytes. */
  get length(): number {
    return this.#length ??= this.body === null ? 0 : new TextEncoder().encode(this.body).length;
  }

  /** The same answer to HEAD: some servers would say of no body that it has 0 bytes (RFC 9110 section 8.6). */
  get head(): Answer {
    return this.#head ??= new Answer(this.status, { ...this.headers, "content-length": String(this.length) }, null);
  }

  /** A fresh `Response`, of the class that is the global one now: servers put a faster one there. */
  toResponse(): Response {
    const ResponseClass = globalThis.Response;
    if (this.#class !== ResponseClass) {
      // Not made any earlier: Workers allow no Response at the top level of a module, where gates are made.
      this.#make = responseMaker(ResponseClass, this);
      this.#class = ResponseClass;
    }
    return this.#make!();
  }
}

/** Whether a value is an {@link Answer}, also one of another copy of this package: CommonJS and ESM have their own. */
export function isAnswer(value: Answer | Response): value is Answer {
  return "toResponse" in value;
}

// Node loads its Fetch API when it is first touched, so it is not touched there before it is needed.
const OwnResponse = "Deno" in globalThis || "Bun" in globalThis ? globalThis.Response : undefined;

/** The cheapest way to make equal Responses again and again, as the benchmark of this repository measures it. */
function responseMaker(ResponseClass: typeof Response, answer: Answer): () => Response {
  const { status, body } = answer;
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const each of typeof value === "string" ? [value] : value) headers.append(name, each);
  }
  if ("Deno" in globalThis && ResponseClass === OwnResponse) {
    // Only Deno copies no stream for a clone: elsewhere each would split the template's stream again. The body is text,
    // because bytes would be shared with whoever reads them.
    const template = new ResponseClass(body, { status, headers });
    return () => template.clone();
  }
  if ("Bun" in globalThis && ResponseClass === OwnResponse) {
    const template = new ResponseClass(null, { status, headers });
    return () => new ResponseClass(body, template);
  }
  const init = { status, headers };
  return () => new ResponseClass(body, init);
}
