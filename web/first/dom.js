// Elements from data: text goes in as text, never as markup.
const SVG = "http://www.w3.org/2000/svg";

function fill(el, props, kids) {
	for (const [key, value] of Object.entries(props || {})) {
		if (value === null || value === undefined || value === false) continue;
		if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
		else if (key === "value") el.value = value;
		else el.setAttribute(key, value === true ? "" : value);
	}
	add(el, kids);
	return el;
}

export function add(el, kids) {
	for (const kid of kids.flat(Infinity)) {
		if (kid === null || kid === undefined || kid === false || kid === "") continue;
		el.append(kid instanceof Node ? kid : String(kid));
	}
	return el;
}

export const h = (tag, props, ...kids) => fill(document.createElement(tag), props, kids);
export const s = (tag, props, ...kids) => fill(document.createElementNS(SVG, tag), props, kids);

export function swap(el, ...kids) {
	while (el.firstChild) el.firstChild.remove();
	return add(el, kids);
}
