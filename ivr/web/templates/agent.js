"use strict";
// All texts come from callers and flows: they are only ever set as text, never as HTML.
const WORDS = {
  en: {
    other: "中文", ready: "ready", lost: "no connection to the hotline",
    ringing: "ringing", talking: "talking", ended: "ended", missed: "not taken",
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
    urgent: "紧急", unknown: "还不清楚来电原因",
    reason: "转人工原因", brief: "摘要", answer: "热线的标准回答",
    said: "已说的话", earlier: "以前的来电", caller: "来电人", hotline: "热线",
    open: "未解决", resolved: "已解决", zh: "普通话", en: "英语",
    unread: "存储没有响应，暂时无法显示对话。",
    empty: "还没有来电。请保持此页打开，电话一响，来电就会显示在这里。",
  },
};
const AGAIN_MS = 2000;
let language = navigator.language.startsWith("zh") ? "zh" : "en";
let told = null;
let isLost = false;

function made(tag, text = "", name = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name) element.className = name;
  return element;
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

function drawn(call) {
  const words = WORDS[language];
  const isCurrent = call.stage === "ringing" || call.stage === "talking";
  const card = made("article", "", call.stage);
  const top = made("div", "", "top");
  const since = new Date(call.since).toLocaleTimeString(language);
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
    const summary = made("summary");
    summary.append(top);
    folded.append(summary, ...more);
    card.append(folded);
  }
  return card;
}

function show() {
  const words = WORDS[language];
  document.documentElement.lang = language;
  document.getElementById("language").textContent = words.other;
  const rings = !isLost && told?.calls.some((call) => call.stage === "ringing");
  const talks = told?.calls.some((call) => call.stage === "talking");
  const stage = isLost ? "lost" : rings ? "ringing" : talks ? "talking" : "ready";
  document.title = (rings ? "☎ " : "") + words[stage] + (told ? ` · ${told.name}` : "");
  const line = document.getElementById("line");
  line.textContent = words[stage];
  line.className = `pill ${stage}`;
  document.getElementById("name").textContent = told?.name ?? "";
  document.getElementById("calls").replaceChildren(...(told?.calls ?? []).map(drawn));
  const empty = document.getElementById("empty");
  empty.textContent = words.empty;
  empty.hidden = !told || told.calls.length > 0;
}

async function follow() {
  for (;;) {
    try {
      const known = told && !isLost ? `?known=${told.version}` : "";
      // From the origin: browsers refuse to fetch beside an address that holds a password.
      const answer = await fetch(`${location.origin}/agent/calls${known}`, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      told = await answer.json();
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
