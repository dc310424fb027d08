// Of use where there is a script, needed by nothing: results come by themselves, a value is shown where one points.
(function () {
  "use strict";
  document.documentElement.classList.add("scripted");

  var status = document.getElementById("status");
  var said = "";

  function part() { return document.getElementById("results"); }

  // Say the verdict to who does not see it, once no more is coming.
  function tell() {
    var headline = document.getElementById("headline");
    if (!headline || !status || part().dataset.done !== "yes" || headline.textContent === said) return;
    said = headline.textContent;
    status.textContent = said;
  }

  // Put new results in place of the old ones; what is open stays open, and where one is stays.
  function replace(text) {
    var old = part();
    var open = Array.prototype.map.call(old.querySelectorAll("details[data-key][open]"), function (one) { return one.dataset.key; });
    var fresh = document.createRange().createContextualFragment(text).querySelector("#results");
    if (!fresh) return;
    fresh.querySelectorAll("details[data-key]").forEach(function (one) { one.open = open.indexOf(one.dataset.key) >= 0; });
    if (old.contains(document.activeElement) && document.activeElement !== old) {
      // Whoever reads on inside is not torn away: the new results come when the focus has left.
      waiting = text;
      return;
    }
    var had = document.activeElement === old;
    old.replaceWith(fresh);
    if (had) fresh.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("results"));
    tell();
  }

  var waiting = null;
  document.addEventListener("focusout", function () {
    window.setTimeout(function () {
      var text = waiting;
      waiting = null;
      if (text !== null && part()) replace(text);
    }, 0);
  });

  function ask() {
    var now = part();
    if (!now || now.dataset.done === "yes") return tell();
    if (document.hidden) return later(1000);
    fetch(now.dataset.url + "?after=" + now.dataset.version, { headers: { Accept: "text/html" } })
      .then(function (answer) { return answer.status === 200 ? answer.text() : null; })
      .then(function (text) { if (text) replace(text); later(500); })
      .catch(function () { later(3000); });
  }

  function later(milliseconds) { window.setTimeout(ask, milliseconds); }

  // The value of what is pointed at.
  var tip = document.createElement("div");
  tip.id = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.appendChild(tip);
  function point(event) {
    var mark = event.target.closest ? event.target.closest("[data-tip]") : null;
    tip.hidden = !mark;
    if (!mark) return;
    tip.textContent = mark.getAttribute("data-tip");
    tip.style.left = Math.max(4, Math.min(event.clientX + 12, window.innerWidth - tip.offsetWidth - 4)) + "px";
    tip.style.top = Math.max(4, event.clientY - tip.offsetHeight - 12) + "px";
  }
  document.addEventListener("pointermove", point);
  document.addEventListener("pointerdown", point);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") tip.hidden = true; });

  // Replay: play, pause and speed beside the links that step; the address follows, so that it can be kept.
  var SPEEDS = [["1", 1000], ["2", 500], ["5", 200]];
  var playing = null, speed = 500;

  function controls() {
    var section = document.getElementById("replay");
    if (!section) return;
    var place = section.querySelector(".player");
    var button = document.createElement("button");
    button.type = "button";
    button.id = "play";
    button.textContent = playing === null ? section.dataset.play : section.dataset.pause;
    button.addEventListener("click", function () { if (playing === null) start(); else stop(); });
    var label = document.createElement("label");
    var select = document.createElement("select");
    select.id = "speed";
    SPEEDS.forEach(function (one) { select.add(new Option("\u00d7 " + one[0], String(one[1]))); });
    select.value = String(speed);
    select.addEventListener("change", function () { speed = Number(select.value); });
    label.append(section.dataset.speed, select);
    place.prepend(button);
    place.append(label);
  }

  function start() {
    var section = document.getElementById("replay");
    playing = 0;
    document.getElementById("play").textContent = section.dataset.pause;
    if (section.dataset.k === section.dataset.last) return step(document.getElementById("step-first").href, tick);
    tick();
  }

  function stop() {
    window.clearTimeout(playing);
    playing = null;
    document.getElementById("play").textContent = document.getElementById("replay").dataset.play;
  }

  function tick() {
    if (playing === null) return;
    var section = document.getElementById("replay");
    if (section.dataset.k === section.dataset.last) return stop();
    playing = window.setTimeout(function () { step(section.dataset.next, tick); }, speed);
  }

  // Show another frame in place; what is open and where the focus is stay.
  function step(address, then) {
    fetch(address.replace(/[?#].*/, "") + "/frame")
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.text(); })
      .then(function (text) {
        var old = document.getElementById("replay");
        var fresh = document.createRange().createContextualFragment(text).querySelector("#replay");
        var focus = old.contains(document.activeElement) ? document.activeElement.id : "";
        old.querySelectorAll("details[data-key][open]").forEach(function (one) {
          fresh.querySelector("details[data-key='" + one.dataset.key + "']").open = true;
        });
        old.replaceWith(fresh);
        window.history.replaceState(null, "", address);
        controls();
        var again = focus && (document.getElementById(focus) || document.getElementById("play"));
        if (again) again.focus({ preventScroll: true });
        if (then) then();
      })
      .catch(function () { window.location.assign(address); });
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("#replay .player a") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (playing !== null) stop();
    step(link.href, null);
  });

  controls();
  ask();
})();
