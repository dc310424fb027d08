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

  ask();
})();
