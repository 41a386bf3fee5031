// The pictures of docs/manual.  Tests take them of what they have on the screen anyway: HY_MANUAL=1 ./test web writes them
// anew; with HY_MANUAL=only pages.test.mjs does nothing else.  A picture that no page of the manual names is not taken; code.test.mjs compares the two.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./city.mjs";

const MANUAL = join(ROOT, "docs/manual");
export const PICTURES = join(MANUAL, "pictures");
export const LANGS = ["zh-CN", "en"];

// What the manual names: each picture once in each language.
export function named() {
	const pages = readdirSync(MANUAL).filter((f) => f.endsWith(".md")).map((f) => readFileSync(join(MANUAL, f), "utf8"));
	return new Set(pages.flatMap((text) => [...text.matchAll(/\(pictures\/([\w-]+)\.(?:zh-CN|en)\.webp\)/g)].map((m) => m[1])));
}

async function speak(page, lang) {
	const choice = page.locator("select.lang");
	if (await choice.count()) await choice.selectOption(lang);
	else await page.getByRole("button", { name: lang === "en" ? "EN" : "简", exact: true }).click();
	await page.waitForSelector(`html[lang="${lang}"]`);
}

// PAGE as it stands in both languages, no higher than HEIGHT: the last one is zh-CN.
export async function manual(page, name, height = 800) {
	if (!process.env.HY_MANUAL || !named().has(name)) return;
	mkdirSync(PICTURES, { recursive: true });
	const size = page.viewportSize();
	for (const lang of ["en", "zh-CN"]) {
		await speak(page, lang);
		await page.waitForLoadState("networkidle");
		const tall = await page.evaluate(() => document.documentElement.scrollHeight);
		// A window as high as the picture: what keeps to its lower edge is at the lower edge.
		await page.setViewportSize({ width: size.width, height: Math.max(Math.min(tall, height), size.width > 700 ? size.height : 400) });
		const cdp = await page.context().newCDPSession(page);
		const clip = await page.evaluate(() => ({ x: 0, y: scrollY, width: innerWidth, height: innerHeight, scale: innerWidth > 700 ? 0.75 : 1 }));
		const { data } = await cdp.send("Page.captureScreenshot", { format: "webp", quality: 55, clip });
		await cdp.detach();
		writeFileSync(join(PICTURES, `${name}.${lang}.webp`), Buffer.from(data, "base64"));
		await page.setViewportSize(size);
	}
}
