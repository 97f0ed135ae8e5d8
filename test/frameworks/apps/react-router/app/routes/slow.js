import { hold } from "../../kit.mjs";

export async function loader() {
  await hold();
  return new Response("slow\n");
}
