export const loader = () => "About the app";

export default function About({ loaderData }) {
  return <h1>{loaderData}</h1>;
}
