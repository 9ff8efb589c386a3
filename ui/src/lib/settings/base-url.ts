/** What is wrong with an address for the service; `null` when nothing is, also for none at all. */
export function baseUrlProblem(address: string): "invalid" | "insecure" | null {
  const trimmed = address.trim();
  if (trimmed === "") return null;
  let url: URL;
  try {
    url = new URL(trimmed);
  } catch {
    return "invalid";
  }
  if (!["http:", "https:"].includes(url.protocol) || url.username !== "" || url.search !== "" || url.hash !== "")
    return "invalid";
  const own = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  return url.protocol === "http:" && !own ? "insecure" : null;
}
