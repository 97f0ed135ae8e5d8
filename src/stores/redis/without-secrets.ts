import { messageOf } from "../../util/received.ts";

/**
 * Copies the message of an error without the passwords of URLs. The copy drops everything else: the errors of ioredis
 * carry the failed command with its arguments, including `AUTH` with the password, and a console prints those and causes.
 */
export function withoutSecrets(error: unknown): Error {
  return new Error(messageOf(error).replace(/(\w:\/\/)[^\s/]*@/g, "$1"));
}
