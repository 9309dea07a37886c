"use strict";
const audio = document.getElementById("audio");
const rows = [...document.querySelectorAll(".row")];
for (const element of document.querySelectorAll("[data-at]")) {
  element.addEventListener("click", () => {
    audio.currentTime = Number(element.dataset.at);
    audio.play();
  });
}
function showHead() {
  for (const row of rows) {
    const head = row.querySelector(".head-line");
    const part = (audio.currentTime - Number(row.dataset.start)) / Number(row.dataset.length);
    head.hidden = part < 0 || part >= 1;
    head.style.left = 100 * part + "%";
  }
  if (!audio.paused) requestAnimationFrame(showHead);
}
audio.addEventListener("play", showHead);
audio.addEventListener("seeked", showHead);
