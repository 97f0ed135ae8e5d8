import { wellFormed } from "./reason.ts";

/** How gRPC is answered. Its clients take any other HTTP status than 200 for a failure of the transport. */
export interface Grpc {
  /** The type of the answer to a request of this content type; `undefined` if the request is not gRPC. */
  typeOf(contentType: string): string | undefined;
  /**
   * The fields that say that the site is unavailable.
   *
   * @param title The heading of the answer.
   * @param reason The operator's reason, if any.
   */
  fields(title: string, reason: string | undefined): Readonly<Record<string, string>>;
}

/** gRPC, gRPC-Web and its form in text, with the name of the message format, which anybody can make up. */
const GRPC = /^application\/grpc(?:-web(?:-text)?)?(?:\+[a-z\d][\w.-]{0,31})?(?=\s*(?:;|$))/i;

/** The longest reason that goes into a header field, encoded. Clients and proxies refuse long ones. */
const LONGEST = 1_024;

/** The answers to gRPC. */
export const grpc: Grpc = {
  typeOf: (contentType) => GRPC.exec(contentType.trim())?.[0].toLowerCase(),
  fields(title, reason = title) {
    const message = encoded(reason);
    // UNAVAILABLE: the client may try again.
    return { "grpc-status": "14", "grpc-message": message.length > LONGEST ? encoded(title) : message };
  },
};

/** https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses: percent-encoded UTF-8. */
function encoded(message: string): string {
  return encodeURIComponent(wellFormed(message)).replaceAll("%20", " ");
}
