"use strict";
(() => {
  const form = document.querySelector("form");
  if (!form) return;
  const findings = [...document.querySelectorAll(".finding")].map((element) => (
    { element, text: element.textContent.toLowerCase() }));
  const groups = [...document.querySelectorAll(".group")];
  const told = form.querySelector("output");
  const expand = form.querySelector("button");
  const set = (open) => { for (const { element } of findings) if (!element.hidden) element.open = open; };
  const filter = () => {
    const words = form.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { element, text } of findings) {
      const { state, provider } = element.dataset;
      const fits = words.every((word) => text.includes(word))
        && (!form.state.value || form.state.value === state)
        && (!form.provider.value || form.provider.value === provider)
        && (!form.blocking.checked || element.classList.contains("blocks"));
      element.hidden = !fits;
      shown += fits;
    }
    for (const group of groups) group.hidden = !group.querySelector(".finding:not([hidden])");
    told.value = `${shown} of ${findings.length} shown`;
  };
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  expand.addEventListener("click", () => {
    const open = expand.getAttribute("aria-pressed") !== "true";
    expand.setAttribute("aria-pressed", open);
    set(open);
  });
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.classList.contains("finding")) target.open = true;
  };
  addEventListener("hashchange", reveal);
  let before = [];
  addEventListener("beforeprint", () => {
    before = findings.filter(({ element }) => !element.open);
    for (const { element } of before) element.open = true;
  });
  addEventListener("afterprint", () => { for (const { element } of before) element.open = false; });
  reveal();
  filter();
})();
