import process from "node:process";
import { sessionOf } from "../utils/session";

export default defineEventHandler(async (event) => {
  const { STAFF_PASSWORD } = process.env;
  const form = await readBody<{ password?: string } | undefined>(event);
  const session = await sessionOf(event);
  await session.update({ isStaff: STAFF_PASSWORD !== undefined && form?.password === STAFF_PASSWORD });
  await sendRedirect(event, "/", 303);
});
