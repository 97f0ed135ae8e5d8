export default { prerender: ["/prerendered"] };
