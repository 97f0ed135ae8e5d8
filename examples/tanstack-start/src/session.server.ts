import { createHmac, timingSafeEqual } from "node:crypto";
import process from "node:process";
import { getCookie, setCookie } from "@tanstack/react-start/server";

function sign(text: string): string {
  const { SESSION_SECRET } = process.env;
  if (!SESSION_SECRET) throw new Error("Set SESSION_SECRET");
  return createHmac("sha256", SESSION_SECRET).update(text).digest("base64url");
}

/** Compares in a time that tells nothing about the texts. */
export function isEqual(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(sign(one)), Buffer.from(sign(other)));
}

export function beginStaffSession(): void {
  setCookie("session", sign("staff"), { httpOnly: true, path: "/", sameSite: "lax" });
}

export function readSession(): { isStaff: boolean } {
  return { isStaff: isEqual(getCookie("session") ?? "", sign("staff")) };
}
