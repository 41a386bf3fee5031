// Every page of the workbench, on a desktop, a tablet and a phone.
import { after, before, test } from "node:test";
import { startBrowser } from "./city.mjs";
import { everyPage } from "./pages.mjs";
import { startDemo } from "./work.mjs";

let city, browser;
before(async () => {
	city = await startDemo((run) => run("card", "raise")); // all that is due by now: counts stand still while they are looked at
	browser = await startBrowser();
});
after(async () => {
	await browser?.close();
	await city?.stop();
});

test("every page in three languages, both themes, on a desktop, a tablet and a phone: no violation, nothing wider than the screen", { timeout: 1_500_000 }, () => everyPage(browser, city.base, ["desktop", "tablet", "phone"]));
