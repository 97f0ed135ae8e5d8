import { defineEventHandler, getCookie, getRequestHeader, getRequestIP, setCookie } from "h3";
import { userOf } from "../../kit.mjs";

export default defineEventHandler((event) => {
  setCookie(event, "app", "1");
  const user = userOf(getRequestHeader(event, "cookie"));
  return { ip: getRequestIP(event), cookie: getCookie(event, "probe"), user };
});
