import { createHmac, timingSafeEqual } from "node:crypto";

function secret(name: "SESSION_SECRET" | "STAFF_PASSWORD"): string {
  const value = process.env[name];
  if (!value) throw new Error(`Set ${name}`);
  return value;
}

function sign(text: string): string {
  return createHmac("sha256", secret("SESSION_SECRET")).update(text).digest("hex");
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sign(a)), Buffer.from(sign(b)));
}

export function isStaffPassword(password: unknown): boolean {
  return typeof password === "string" && isSame(password, secret("STAFF_PASSWORD"));
}

/** The value of the cookie `session` of staff, which holds for a day. */
export function makeSession(): string {
  const end = Date.now() + 86_400_000;
  return `${end}.${sign(`staff until ${end}`)}`;
}

/** Whether the cookies of a request hold the session of staff. */
export function isStaff(cookies: string | null): boolean {
  const [, end, signature] = /(?:^|; ?)session=(\d+)\.([0-9a-f]+)/.exec(cookies ?? "") ?? [];
  if (end === undefined || signature === undefined || Number(end) < Date.now()) return false;
  return isSame(signature, sign(`staff until ${end}`));
}
