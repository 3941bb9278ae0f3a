export function Preview(_: { readonly chosen: readonly string[] }) {
  return null;
}
