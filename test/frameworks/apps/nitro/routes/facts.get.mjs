import { defineHandler, getCookie, getRequestIP, setCookie } from "nitro/h3";
import { userOf } from "../kit.mjs";

export default defineHandler((event) => {
  setCookie(event, "app", "1");
  const user = userOf(event.req.headers.get("cookie"));
  return { ip: getRequestIP(event), cookie: getCookie(event, "probe"), user };
});
