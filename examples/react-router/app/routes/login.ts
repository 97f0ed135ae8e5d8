import { createHash, timingSafeEqual } from "node:crypto";
import process from "node:process";
import { redirect } from "react-router";
import { sessionContext, sessions } from "../session.server";
import type { Route } from "./+types/login";

const { STAFF_PASSWORD } = process.env;
if (!STAFF_PASSWORD) throw new Error("Set STAFF_PASSWORD");

const hash = (text: string) => createHash("sha256").update(text).digest();
const expected = hash(STAFF_PASSWORD);

export async function action({ request, context }: Route.ActionArgs) {
  const password = (await request.formData()).get("password");
  const session = context.get(sessionContext);
  session.set("isStaff", timingSafeEqual(hash(String(password)), expected));
  return redirect("/", { status: 303, headers: { "Set-Cookie": await sessions.commitSession(session) } });
}
