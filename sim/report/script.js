// Of use where there is a script, needed by nothing: one outcome at a time, sorted tables, values where one points.
(function () {
  "use strict";

  // One option of a choice at a time.
  document.querySelectorAll(".choice").forEach(function (choice, number) {
    var options = Array.prototype.slice.call(choice.querySelectorAll(":scope > .option"));
    if (options.length < 2) return;
    var label = document.createElement("label");
    var select = document.createElement("select");
    select.id = "choice-" + number;
    label.htmlFor = select.id;
    label.textContent = choice.dataset.label + ": ";
    options.forEach(function (option, k) {
      select.add(new Option(option.dataset.name, String(k)));
    });
    function show() {
      options.forEach(function (option, k) { option.hidden = String(k) !== select.value; });
    }
    select.addEventListener("change", show);
    label.appendChild(select);
    choice.insertBefore(label, choice.firstChild);
    show();
  });

  // What a cell counts as when it is sorted: its first number, else its text.
  function key(cell) {
    var text = cell ? cell.textContent.trim() : "";
    var found = text.replace(/,(?=\d{3})/g, "").match(/^[+]?(-?[\d.]+(?:e[-+]?\d+)?)( M)?/);
    return found ? Number(found[1]) * (found[2] ? 1e6 : 1) : text.toLowerCase();
  }

  function compare(a, b) {
    if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
    return typeof a === "number" ? -1 : 1;
  }

  // A click on the head of a column sorts by it, a second one the other way round.
  document.querySelectorAll("table").forEach(function (table) {
    var body = table.tBodies[0];
    if (!body || body.rows.length < 4) return;
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
      if (!head.textContent) return;
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        Array.prototype.slice.call(body.rows)
          .sort(function (a, b) { return (down ? -1 : 1) * compare(key(a.cells[column]), key(b.cells[column])); })
          .forEach(function (row) { body.appendChild(row); });
      });
    });
  });

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
    var width = tip.offsetWidth, height = tip.offsetHeight;
    tip.style.left = Math.max(4, Math.min(event.clientX + 12, window.innerWidth - width - 4)) + "px";
    tip.style.top = Math.max(4, event.clientY - height - 12) + "px";
  }
  document.addEventListener("pointermove", point);
  document.addEventListener("pointerdown", point);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") tip.hidden = true; });
})();
