export const GET = ({ rewrite }) => rewrite("/slow");
