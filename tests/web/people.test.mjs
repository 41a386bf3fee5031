// People and what is kept of them: keys of custodians, the opening of an identity, personal data given out and erased.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axe, openPage, ROOT, startBrowser } from "./city.mjs";
import { askAs, openWork, settledWork, startDemo } from "./work.mjs";

const HUIYIN = process.env.HUIYIN || join(ROOT, "build/huiyin");
const SCREENS = process.env.SCREENS || mkdtempSync(join(tmpdir(), "huiyin-people-screens-"));
const PHRASE = "甲保管人的十二字口令就在这里";
const name = "欧阳守密", contact = "13912345678";
let city, browser, dir;
before(async () => {
	mkdirSync(SCREENS, { recursive: true });
	dir = mkdtempSync(join(tmpdir(), "huiyin-people-"));
	// The petition office's account keeps a key of the other group.
	city = await startDemo((run) => run("grant", "add", "petition_office", "custodian"));
	browser = await startBrowser();
});
after(async () => {
	await browser?.close();
	await city?.stop();
	rmSync(dir, { recursive: true });
});

const body = (page) => page.locator("main");
const dialog = (page) => page.getByRole("dialog");
const field = (place, label) => place.locator(".field", { hasText: label }).locator("input, textarea, select").first();
const offline = (...args) => execFileSync(HUIYIN, args, { cwd: ROOT, encoding: "utf8" });
const send = async (path, json) => (await fetch(city.base + "/api/v1" + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(json) })).json();
const media = (file) => readFileSync(join(ROOT, "tests/fixtures/media", file));
const narrow = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
// How it looks: on a desktop and on a phone, without a violation, no wider than the screen.
async function shown(w, shot) {
	await w.page.mouse.move(1, 1); // nothing is pointed at
	await w.page.waitForFunction(() => document.getAnimations().every((a) => a.playState === "finished"));
	assert.deepEqual(await axe(w.page), [], shot);
	await w.page.screenshot({ path: join(SCREENS, shot + ".png"), fullPage: true });
	await w.page.setViewportSize({ width: 390, height: 844 });
	assert.ok(await narrow(w.page), shot + " is wider than a phone");
	await w.page.screenshot({ path: join(SCREENS, shot + "-phone.png"), fullPage: true });
	await w.page.setViewportSize({ width: 1280, height: 800 });
}
async function unlock(page, key, phrase, button) {
	await field(dialog(page), "密钥文件").setInputFiles(key);
	await field(dialog(page), "口令").fill(phrase);
	await dialog(page).getByRole("button", { name: button, exact: true }).click();
}

test("an identity: keys made and named by two people, asked for, refused, consented to and opened in the browser, and told to the reporter", { timeout: 600_000 }, async () => {
	// Group A makes its key here; it comes as a file, and its public half is offered.
	const first = await openWork(browser, city.base, { login: "custodian", path: "/custodians" });
	await body(first.page).getByText("现在还不能密封").waitFor();
	await first.page.getByRole("button", { name: "生成我的密钥" }).click();
	await field(dialog(first.page), "口令").fill(PHRASE);
	await field(dialog(first.page), "再输一遍").fill(PHRASE + "！");
	await dialog(first.page).getByText("两遍口令不一样").waitFor();
	assert.ok(await dialog(first.page).getByRole("button", { name: "生成并保存密钥文件" }).isDisabled());
	await field(dialog(first.page), "再输一遍").fill(PHRASE);
	const coming = first.page.waitForEvent("download", { timeout: 180_000 });
	await dialog(first.page).getByRole("button", { name: "生成并保存密钥文件" }).click();
	const keyA = join(dir, "a.key"), phraseA = join(dir, "a.pass");
	await (await coming).saveAs(keyA);
	writeFileSync(phraseA, PHRASE);
	await dialog(first.page).getByText("密钥文件已下载").waitFor();
	const spoken = (await dialog(first.page).locator(".seal-spoken").textContent()).trim();
	assert.match(spoken, /^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
	assert.ok(await dialog(first.page).getByRole("button", { name: "提交公钥" }).isDisabled());
	await dialog(first.page).getByText("文件已存好").click();
	await field(dialog(first.page), "保管人姓名或职务").fill("纪检组长");
	await shown(first, "custodian-new");
	await dialog(first.page).getByRole("button", { name: "提交公钥" }).click();
	await body(first.page).getByText("待确认").waitFor();
	assert.equal(await body(first.page).getByRole("button", { name: "确认", exact: true }).count(), 0, "nobody names himself");

	// Group B made its key on the command line.
	const keyB = join(dir, "b.key"), phraseB = join(dir, "b.pass");
	writeFileSync(phraseB, "乙保管人的十二字口令就在这里");
	const line = offline("custodian", "keygen", "--quiet", "--out", keyB, "--passphrase-file", phraseB).trim();
	const second = await openWork(browser, city.base, { login: "petition_office", path: "/custodians" });
	await second.page.getByRole("button", { name: "生成我的密钥" }).click();
	await dialog(second.page).getByText("已经用命令行生成了密钥").click();
	await field(dialog(second.page), "公钥").fill(line);
	await field(dialog(second.page), "哪一组").selectOption("b");
	await field(dialog(second.page), "保管人姓名或职务").fill("信访处长");
	await dialog(second.page).getByRole("button", { name: "提交公钥" }).click();
	await body(second.page).getByText("待确认").nth(1).waitFor();

	// The second person compares and names them.
	const security = await openWork(browser, city.base, { login: "secadmin", path: "/custodians" });
	for (const whose of ["纪检组长", "信访处长"]) {
		await body(security.page).locator("li", { hasText: whose }).getByRole("button", { name: "确认", exact: true }).click();
		if (whose === "纪检组长") assert.equal((await dialog(security.page).locator(".seal-spoken").textContent()).trim(), spoken);
		assert.ok(await dialog(security.page).getByRole("button", { name: "确认", exact: true }).isDisabled());
		await dialog(security.page).getByText("已与本人核对").click();
		if (whose === "纪检组长") await shown(security, "custodian-name");
		await dialog(security.page).getByRole("button", { name: "确认", exact: true }).click();
		await body(security.page).locator("li", { hasText: whose }).getByText("已确认").waitFor();
	}
	await body(security.page).getByText("可以密封").waitFor();
	await settledWork(security.page);
	await dialog(security.page).waitFor({ state: "hidden" });
	await shown(security, "custodians");

	// Somebody reports, named; the office asks for what.
	const { code, secret } = await send("/public/matters", { kind: "complaint", protect: true, data: { title: "窗口索要好处", name, contact } });
	const attach = (key, bytes, called) => fetch(city.base + "/api/v1/public/files", { method: "POST", body: bytes, headers: { "content-type": "application/octet-stream", "x-matter-code": key.code, "x-matter-secret": key.secret, "x-file-name": encodeURIComponent(called) } });
	assert.equal((await attach({ code, secret }, media("turned.jpg"), name + "的照片.jpg")).status, 201);
	const office = await openWork(browser, city.base, { login: "efficacy_office", path: "/matters/" + code });
	// The picture is looked at as a copy; its name, which may be the reporter's, stands nowhere.
	const files = body(office.page).locator(".attachments");
	await files.getByText("原件已密封").waitFor();
	assert.ok(!(await body(office.page).textContent()).includes(name));
	await files.getByRole("button", { name: "附件1" }).click();
	await dialog(office.page).locator("img").waitFor();
	assert.deepEqual(await dialog(office.page).locator("img").evaluate(async (i) => (await i.decode(), [i.naturalWidth, i.naturalHeight])), [32, 48]);
	await shown(office, "matter-picture");
	await office.page.keyboard.press("Escape");
	await dialog(office.page).waitFor({ state: "hidden" });
	const askFor = async (purpose) => {
		await body(office.page).getByRole("button", { name: "申请开启" }).click();
		await field(body(office.page).locator(".card", { hasText: "密封的身份" }), "用途").fill(purpose);
		await body(office.page).getByRole("button", { name: "申请开启" }).click();
		await body(office.page).getByText(purpose).waitFor();
	};
	await askFor("想知道是谁");
	await shown(office, "matter-sealed");

	// Refused, and asked for anew with a better purpose.
	await first.show("/identity");
	await body(first.page).getByRole("button", { name: "拒绝" }).click();
	await body(first.page).getByText("已拒绝").waitFor();
	await askFor("核实打击报复");
	await first.page.reload();
	await settledWork(first.page);

	// A wrong passphrase spends nothing; the file is one that the program knows too.
	const one = body(first.page).locator("li.card", { hasText: "核实打击报复" });
	await one.getByRole("button", { name: "同意" }).click();
	await unlock(first.page, keyA, "不是这一句口令呀朋友", "同意");
	await dialog(first.page).getByText("口令不对").waitFor({ timeout: 180_000 });
	await shown(first, "identity-consent");
	const packet = join(dir, "packet.json");
	const { status: _, tag: __, ...asked } = await askAs(city.base, "custodian", "/identity/requests/2/packet");
	writeFileSync(packet, JSON.stringify(asked));
	assert.equal(JSON.parse(offline("custodian", "consent", "--quiet", "--key", keyA, "--passphrase-file", phraseA, packet)).halves.length, 1);
	await unlock(first.page, keyA, PHRASE, "同意");
	await one.getByText("一人已同意").waitFor({ timeout: 180_000 });
	await one.getByText("本组已同意，等另一组打开").waitFor();
	assert.equal(await one.getByRole("button", { name: "打开" }).count(), 0);

	// The other group opens, with the file of the command line; another's key does not do.
	await second.show("/identity");
	const other = body(second.page).locator("li.card", { hasText: "核实打击报复" });
	await other.getByRole("button", { name: "打开" }).click();
	await unlock(second.page, keyA, PHRASE, "打开");
	await dialog(second.page).getByText("不是您在本市已确认的密钥").waitFor({ timeout: 180_000 });
	await unlock(second.page, keyB, readFileSync(phraseB, "utf8"), "打开");
	await dialog(second.page).getByText(name).waitFor({ timeout: 180_000 });
	await dialog(second.page).getByText(contact).waitFor();
	await shown(second, "identity-open");
	await dialog(second.page).getByRole("button", { name: "关闭", exact: true }).last().click();
	await other.getByText("已打开").waitFor();
	await settledWork(second.page);
	assert.equal(await second.page.getByText(name).count(), 0, "closed is closed");
	await shown(second, "identity");

	// The reporter reads every step and what for.
	const reporter = await openPage(browser, city.base, { nobody: true, path: "/" });
	await reporter.page.evaluate((kept) => sessionStorage.setItem("huiyin.key", kept), `${code}.${secret}`);
	await reporter.show("/follow");
	const told = reporter.page.locator("section", { hasText: "谁要看您的身份" }).last();
	await told.getByText("核实打击报复").first().waitFor();
	await told.getByText("想知道是谁").first().waitFor();
	assert.equal(await told.locator("li").count(), 5, "asked, refused; asked, consented, opened");
	const { acts } = await askAs(city.base, "audadmin", "/audit?act=seal.");
	assert.deepEqual(acts.filter((a) => a.act === "seal.view").map((a) => a.login), ["petition_office"]);
	const all = [first, second, security, office, reporter];
	assert.deepEqual(all.flatMap((w) => w.complaints), []);
	for (const w of all) await w.close();
});

test("files of a matter: seen with type, size and digest, taken out, added by whoever handles it", async () => {
	const { code, secret } = await send("/public/matters", { kind: "complaint", data: { title: "路灯不亮" } });
	const pdf = media("small.pdf");
	const sent = await fetch(city.base + "/api/v1/public/files", { method: "POST", body: pdf, headers: { "content-type": "application/octet-stream", "x-matter-code": code, "x-matter-secret": secret, "x-file-name": encodeURIComponent("路灯位置.pdf") } });
	const { hash } = await sent.json();
	const w = await openWork(browser, city.base, { login: "efficacy_office", path: "/matters/" + code });
	const files = body(w.page).locator(".attachments");
	await files.getByText("PDF · ").waitFor();
	await files.getByText("原件哈希").click();
	await files.getByText(hash).waitFor();
	const coming = w.page.waitForEvent("download");
	await files.getByRole("link", { name: "路灯位置.pdf" }).click();
	assert.ok(readFileSync(await (await coming).path()).equals(pdf));
	// What is no file of a listed type is refused with the reason, beside what was added before it.
	const place = files.locator("input[type=file]");
	await place.setInputFiles([{ name: "现场.jpg", mimeType: "image/jpeg", buffer: media("turned.jpg") }, { name: "x.sh", mimeType: "text/plain", buffer: Buffer.from("#!/bin/sh\n") }]);
	await files.getByRole("button", { name: "现场.jpg" }).waitFor();
	await files.locator(".wrong").waitFor();
	await place.setInputFiles({ name: "盖章件.pdf", mimeType: "application/pdf", buffer: pdf });
	await files.getByRole("link", { name: "盖章件.pdf" }).waitFor();
	assert.equal(await files.locator(".wrong").count(), 0);
	await body(w.page).locator(".timeline").getByText("添加附件").nth(2).waitFor();
	await w.page.locator(".el-message").first().waitFor({ state: "hidden" });
	await shown(w, "matter-files");
	w.complaints.splice(0, w.complaints.length, ...w.complaints.filter((c) => !c.includes("400")));
	assert.deepEqual(w.complaints, []);
	await w.close();
});

test("data of one person: given out as a file, erased on a ground, and the log still verifies", async () => {
	const own = [];
	for (const title of ["路灯不亮", "垃圾没人收"]) own.push(await send("/public/matters", { kind: "complaint", data: { title, body: "我家门口\n已经三天", name: "张三丰", contact: "13700001111" } }));
	const { status } = await fetch(city.base + "/api/v1/public/moves", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ code: own[0].code, secret: own[0].secret, move: "withdraw", data: { ground: "withdrawn" } }) });
	assert.equal(status, 200);

	const w = await openWork(browser, city.base, { login: "privacy_officer", path: "/persons" });
	const look = async (whose) => {
		await body(w.page).getByLabel("联系方式", { exact: true }).fill(whose);
		await body(w.page).getByRole("button", { name: "调取" }).click();
	};
	await look("13799999999");
	await body(w.page).getByText("没有找到").waitFor();
	await look("13700001111");
	await body(w.page).getByText("找到2件").waitFor();
	await body(w.page).getByText("路灯不亮").waitFor();
	await shown(w, "persons");
	const save = async (button) => {
		const coming = w.page.waitForEvent("download");
		await body(w.page).getByRole("button", { name: button }).click();
		const to = join(dir, "given");
		await (await coming).saveAs(to);
		return readFileSync(to, "utf8");
	};
	assert.deepEqual(JSON.parse(await save("存为JSON")).matters.map((m) => m.code).sort(), own.map((m) => m.code).sort());
	const text = await save("存为文本");
	for (const word of [own[0].code, "路灯不亮", "张三丰", "13700001111", "已经三天"]) assert.ok(text.includes(word), word);

	await body(w.page).getByRole("button", { name: "删除这些信息" }).click();
	await field(dialog(w.page), "删除的理由和依据").fill("本人申请，个人信息保护法第四十七条");
	await shown(w, "persons-erase");
	await dialog(w.page).getByRole("button", { name: "删除", exact: true }).click();
	await body(w.page).getByText("已删除1件").waitFor();
	await body(w.page).getByText("保留1件：还没办结").waitFor();
	await body(w.page).getByText(own[1].code).waitFor();
	await shown(w, "persons-erased");
	await look("13700001111");
	await body(w.page).getByText("找到1件").waitFor();
	assert.equal((await send("/lookup", { code: own[0].code, secret: own[0].secret })).title, "");
	const { acts } = await askAs(city.base, "audadmin", "/audit?act=subject.");
	assert.ok(acts.length >= 3 && acts.every((a) => a.login === "privacy_officer"), JSON.stringify(acts));
	assert.deepEqual(w.complaints, []);
	await w.close();
	city.check();
});
