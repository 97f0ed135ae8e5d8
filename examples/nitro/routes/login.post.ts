import process from "node:process";
import { defineHandler, readBody, redirect } from "nitro/h3";
import { sessionOf } from "../session";

export default defineHandler(async (event) => {
  const { STAFF_PASSWORD } = process.env;
  const form = await readBody<{ password?: string }>(event);
  const session = await sessionOf(event);
  await session.update({ isStaff: STAFF_PASSWORD !== undefined && form?.password === STAFF_PASSWORD });
  return redirect("/", 303);
});
