/** The window in a browser, on the fake backend: `dev.html?scenario=…&lang=zh&theme=dark`. Not part of the app. */
import { boot } from "./boot";
import { fakeFromQuery } from "./lib/backend/fake-scenarios";

await boot(fakeFromQuery(new URLSearchParams(location.search)));
