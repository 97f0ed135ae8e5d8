import { createCookie } from "react-router";
import { addressContext, userContext } from "../context.js";

const app = createCookie("app");

export async function loader({ request, context }) {
  const cookie = /probe=(\w+)/.exec(request.headers.get("cookie"))?.[1];
  const facts = { ip: context.get(addressContext), cookie, user: context.get(userContext) };
  return Response.json(facts, { headers: { "Set-Cookie": await app.serialize("1") } });
}
