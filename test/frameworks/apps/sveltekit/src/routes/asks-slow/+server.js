export const GET = ({ fetch }) => fetch("/slow");
