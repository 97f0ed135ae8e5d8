import { createSecret, equalBytes, fromBase64Url, hashOf, signerWith, toBase64Url } from "../bypass/secret.ts";

/** The header field that carries the token, to the page and back. */
export const TOKEN_FIELD = "maintenance-token";

/** How many hours a token is good for. The page gets a new one whenever it asks for the state. */
const GOOD_FOR_HOURS = 24;

const HOUR_MS = 3_600_000;

/** Makes and checks the tokens that changes carry: the sender has read an answer of this handler. */
export interface Tokens {
  /** Makes a token for an operator. */
  create(by: string | undefined): string;
  /** Whether a text is a token of this operator. */
  isValid(text: string | null, by: string | undefined): boolean;
}

/**
 * Makes {@link Tokens}. A token holds the hour in which it was made and a signature of that and of the operator.
 *
 * @param secret The secret of the signature; a random one by default.
 */
export function createTokens(secret: string | undefined): Tokens {
  let sign: ReturnType<typeof signerWith> | undefined;
  const signatureOf = (hour: number, by: string | undefined) => {
    // Workers give no random numbers before the first request.
    sign ??= signerWith(hashOf(`maintenance-admin:${secret ?? createSecret()}`));
    return sign(`${hour}:${by ?? ""}`);
  };
  const currentHour = () => Math.floor(Date.now() / HOUR_MS);
  return {
    create(by) {
      const hour = currentHour();
      return `${hour}.${toBase64Url(signatureOf(hour, by))}`;
    },
    isValid(text, by) {
      const [, digits, signature] = /^(\d{1,9})\.([\w-]{43})$/.exec(text ?? "") ?? [];
      const age = currentHour() - Number(digits);
      // The clocks of two processes differ a little at the full hour.
      if (signature === undefined || !(age >= -1 && age <= GOOD_FOR_HOURS)) return false;
      return equalBytes(signatureOf(Number(digits), by), fromBase64Url(signature));
    },
  };
}
