import { defineEventHandler, getRequestURL } from "h3";
import { health } from "../../kit.mjs";

export default defineEventHandler((event) => health(getRequestURL(event).search));
