import { createHmac, timingSafeEqual } from "node:crypto";
import process from "node:process";

const { SESSION_SECRET = "", STAFF_PASSWORD = "" } = process.env;
if (!SESSION_SECRET || !STAFF_PASSWORD) throw new Error("Set SESSION_SECRET and STAFF_PASSWORD");

const sign = (text: string) => createHmac("sha256", SESSION_SECRET).update(text).digest("hex");
const isEqual = (one: string, other: string) => timingSafeEqual(Buffer.from(sign(one)), Buffer.from(sign(other)));

/** What the cookie of staff holds. */
export const staffSession = sign("staff");

export const isStaffSession = (session = "") => isEqual(session, staffSession);
export const isStaffPassword = (password: unknown) => typeof password === "string" && isEqual(password, STAFF_PASSWORD);
