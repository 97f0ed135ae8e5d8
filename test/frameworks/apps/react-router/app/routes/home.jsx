import { Form, Link, useActionData } from "react-router";

export const headers = () => ({ "Cache-Control": "public, max-age=60" });

export const loader = () => "the app";

export const action = () => "saved";

export default function Home({ loaderData }) {
  return (
    <main>
      <h1>{`Hello from ${loaderData}`}</h1>
      <Link to="/about?from=home">About</Link>
      <Form method="post">
        <button type="submit" id="save">{useActionData() ?? "Save"}</button>
      </Form>
    </main>
  );
}
