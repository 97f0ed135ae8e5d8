import { defineHandler } from "nitro/h3";
import { health } from "../kit.mjs";

export default defineHandler((event) => health(event.url.search));
