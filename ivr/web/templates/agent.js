"use strict";
// All texts come from callers and flows: they are only ever set as text, never as HTML.
const WORDS = {
  en: {
    other: "中文", ready: "ready", lost: "no connection to the hotline",
    ringing: "ringing", talking: "talking", ended: "ended", missed: "not taken",
    caller_left: "caller hung up while it rang", withdrawn: "taken back by the hotline",
    waiting: "Waiting", nobody: "nobody", longest: "longest", more: "more",
    urgent: "urgent", unknown: "Not known yet what it is about",
    reason: "Why a person", brief: "Brief", answer: "What the hotline would say",
    said: "Said so far", earlier: "Earlier calls", caller: "Caller", hotline: "Hotline",
    open: "left open", resolved: "settled", zh: "Mandarin", en: "English",
    unread: "The store does not answer: what was said cannot be shown now.",
    empty: "No calls yet. Leave this page open: a call shows here as soon as your phone rings.",
  },
  zh: {
    other: "English", ready: "待命", lost: "与热线的连接断开了",
    ringing: "来电", talking: "通话中", ended: "已结束", missed: "未接",
    caller_left: "振铃时来电人已挂断", withdrawn: "已由热线收回",
    waiting: "排队人数", nobody: "无", longest: "最长已等", more: "更多",
    urgent: "紧急", unknown: "还不清楚来电原因",
    reason: "转人工原因", brief: "摘要", answer: "热线的标准回答",
    said: "已说的话", earlier: "以前的来电", caller: "来电人", hotline: "热线",
    open: "未解决", resolved: "已解决", zh: "普通话", en: "英语",
    unread: "存储没有响应，暂时无法显示对话。",
    empty: "还没有来电。请保持此页打开，电话一响，来电就会显示在这里。",
  },
};
const AGAIN_MS = 2000;
const MOST_SHOWN = 8;
let language = navigator.language.startsWith("zh") ? "zh" : "en";
let told = null;
let toldAt = 0;
let isLost = false;
let drawnIn = "";
const cards = new Map(); // by the number of a call: the call as it was told, and its element

function made(tag, text = "", name = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name) element.className = name;
  return element;
}

function moment(at) {
  const isToday = at.toDateString() === new Date().toDateString();
  if (isToday) return at.toLocaleTimeString(language);
  return at.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
}

function section(title, ...content) {
  const part = made("section");
  part.append(made("h3", title), ...content);
  return part;
}

function conversation(turns, words) {
  const said = made("div", "", "said");
  for (const turn of turns) {
    said.append(made("b", words[turn.speaker], turn.speaker), made("span", turn.text));
  }
  return said;
}

function earlierCalls(calls, words) {
  const list = made("ul");
  for (const call of calls) {
    const when = new Date(call.at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
    const about = call.question ? call.question[language] : words.unknown;
    list.append(made("li", `${when} · ${about} · ${call.is_resolved ? words.resolved : words.open}`));
  }
  return list;
}

function drawn(call, isOpen) {
  const words = WORDS[language];
  const isCurrent = call.stage === "ringing" || call.stage === "talking";
  const card = made("article", "", call.stage);
  const top = made("div", "", "top");
  const since = moment(new Date(call.since));
  top.append(
    made("h2", call.question ? call.question[language] : words.unknown),
    made("span", `${words[call.stage]} · ${since}`, `pill ${call.stage}`),
    made("span", words[call.language], "pill"),
  );
  if (call.is_urgent) top.append(made("span", words.urgent, "pill urgent"));
  const more = [];
  if (call.reason) more.push(section(words.reason, made("p", call.reason)));
  const brief = made("ul");
  brief.append(...call.brief.map((line) => made("li", line)));
  if (call.brief.length) more.push(section(words.brief, brief));
  if (call.answer) more.push(section(words.answer, made("p", call.answer)));
  if (call.turns === null) more.push(made("p", words.unread, "soft"));
  else if (call.turns.length) more.push(section(words.said, conversation(call.turns, words)));
  if (call.earlier?.length) more.push(section(words.earlier, earlierCalls(call.earlier, words)));
  if (isCurrent) {
    card.append(top, ...more);
  } else {
    const folded = made("details");
    folded.open = isOpen;
    const summary = made("summary");
    summary.append(top);
    folded.append(summary, ...more);
    card.append(folded);
  }
  return card;
}

// What an agent has unfolded stays so; the call that has just ended is written up from the page.
function staysOpen(card, call) {
  const folded = card?.querySelector("details");
  return folded ? folded.open : Boolean(card) && call.stage === "ended";
}

function showCalls() {
  const isReadable = drawnIn === language;
  const shown = (told?.order ?? []).map((number) => {
    const known = cards.get(number);
    const call = told.byNumber.get(number);
    if (isReadable && known?.call === call) return known.card;
    const card = drawn(call, staysOpen(known?.card, call));
    cards.set(number, { call, card });
    return card;
  });
  for (const number of cards.keys()) if (!told.byNumber.has(number)) cards.delete(number);
  drawnIn = language;
  const list = document.getElementById("calls");
  // Only where something changed: a card that is put in anew loses what is marked in it.
  const isSame = shown.length === list.children.length && shown.every((card, at) => card === list.children[at]);
  if (!isSame) list.replaceChildren(...shown);
}

function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function showWaiting() {
  const words = WORDS[language];
  const line = document.getElementById("waiting");
  line.hidden = !told || isLost;
  if (line.hidden) return;
  const since = (performance.now() - toldAt) / 1000;
  const waited = told.waiting.map((each) => each.waited_s + since);
  const longest = waited.length ? ` · ${words.longest} ${minutes(Math.max(...waited))}` : "";
  const list = made("ul");
  told.waiting.slice(0, MOST_SHOWN).forEach((each, at) => {
    const entry = made("li");
    entry.append(
      made("span", minutes(waited[at]), "time"),
      made("span", each.question ? each.question[language] : words.unknown, "about"),
      made("span", words[each.language], "pill"),
    );
    if (each.is_urgent) entry.append(made("span", words.urgent, "pill urgent"));
    list.append(entry);
  });
  if (waited.length > MOST_SHOWN) list.append(made("li", `+${waited.length - MOST_SHOWN} ${words.more}`, "soft"));
  line.replaceChildren(made("h3", `${words.waiting}: ${waited.length || words.nobody}${longest}`), list);
}

function show() {
  const words = WORDS[language];
  document.documentElement.lang = language;
  document.getElementById("language").textContent = words.other;
  const stages = new Set([...(told?.byNumber.values() ?? [])].map((call) => call.stage));
  const rings = !isLost && stages.has("ringing");
  const talks = stages.has("talking");
  const stage = isLost ? "lost" : rings ? "ringing" : talks ? "talking" : "ready";
  const waiting = !isLost && told?.waiting.length ? `(${told.waiting.length}) ` : "";
  document.title = (rings ? "☎ " : waiting) + words[stage] + (told ? ` · ${told.name}` : "");
  const line = document.getElementById("line");
  line.textContent = words[stage];
  line.className = `pill ${stage}`;
  document.getElementById("name").textContent = told?.name ?? "";
  showWaiting();
  showCalls();
  const empty = document.getElementById("empty");
  empty.textContent = words.empty;
  empty.hidden = !told || told.order.length > 0;
}

// The hotline tells the calls that changed; the others are kept from before.
function take(answer) {
  const before = told?.byNumber ?? new Map();
  const changed = new Map(answer.calls.map((call) => [call.number, call]));
  const byNumber = new Map(answer.order.map((number) => [number, changed.get(number) ?? before.get(number)]));
  if ([...byNumber.values()].includes(undefined)) throw new Error("a call was not told");
  told = { ...answer, byNumber };
  toldAt = performance.now();
}

function asked() {
  if (!told || isLost) return "";
  const unread = [...told.byNumber.values()].filter((call) => call.turns === null);
  return `?known=${told.version}&unread=${unread.map((call) => call.number).join()}`;
}

async function follow() {
  for (;;) {
    try {
      // From the origin: browsers refuse to fetch beside an address that holds a password.
      const answer = await fetch(`${location.origin}/agent/calls${asked()}`, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      take(await answer.json());
      isLost = false;
      show();
    } catch {
      isLost = true;
      show();
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

document.getElementById("language").addEventListener("click", () => {
  language = language === "zh" ? "en" : "zh";
  show();
});
show();
follow();
setInterval(showWaiting, 1000);
