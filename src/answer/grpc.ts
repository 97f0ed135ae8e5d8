import { wellFormed } from "./reason.ts";

/** How gRPC is answered. Its clients take any other HTTP status than 200 for a failure of the transport. */
export interface Grpc {
  /** The type of the answer to a request of this content type; `undefined` if the request is not gRPC. */
  typeOf(contentType: string): string | undefined;
  /** The fields that say that the site is unavailable. */
  fields(title: string): Readonly<Record<string, string>>;
}

/** gRPC, gRPC-Web and its form in text, with the name of the message format, which anybody can make up. */
const GRPC = /^application\/grpc(?:-web(?:-text)?)?(?:\+[a-z\d][\w.-]{0,31})?(?=\s*(?:;|$))/i;

/** The answers to gRPC. */
export const grpc: Grpc = {
  typeOf: (contentType) => GRPC.exec(contentType.trim())?.[0].toLowerCase(),
  fields: (title) => ({
    // UNAVAILABLE: the client may try again.
    "grpc-status": "14",
    // https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses: percent-encoded UTF-8
    "grpc-message": encodeURIComponent(wellFormed(title)).replaceAll("%20", " "),
  }),
};
