'use strict';
(() => {
  const root = document.documentElement;
  const all = [...document.querySelectorAll('details.case')];
  const chapters = [...document.querySelectorAll('section.chapter')];
  const search = document.getElementById('search');
  const nothing = document.getElementById('nothing');
  // Letters are compared without case and without the marks of Vietnamese.
  const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase();
  const texts = new Map(all.map((one) => [one, plain(one.textContent)]));
  const chosen = (name) => new Set([...document.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value));

  function filter() {
    const verdicts = chosen('verdict');
    const levels = chosen('level');
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of all) {
      const fits = verdicts.has(one.dataset.verdict) && levels.has(one.dataset.level) && words.every((word) => texts.get(one).includes(word));
      one.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    for (const chapter of chapters) {
      chapter.hidden = !chapter.querySelector('details.case:not([hidden])');
    }
    nothing.hidden = shown > 0;
  }

  function openAll(open) {
    for (const one of all) {
      if (!one.hidden) one.open = open;
    }
  }

  search.addEventListener('input', filter);
  for (const box of document.querySelectorAll('fieldset input')) box.addEventListener('change', filter);
  document.getElementById('open').addEventListener('click', () => openAll(true));
  document.getElementById('close').addEventListener('click', () => openAll(false));
  document.getElementById('language').addEventListener('click', () => {
    root.lang = root.dataset.lang = root.dataset.lang === 'vi' ? 'en' : 'vi';
  });

  // On paper every case that is shown lies open.
  let before = [];
  addEventListener('beforeprint', () => { before = all.filter((one) => one.open); openAll(true); });
  addEventListener('afterprint', () => { openAll(false); for (const one of before) one.open = true; });

  // An address that names a case opens it.
  function openNamed() {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (named && named.matches('details.case')) { named.open = true; named.scrollIntoView(); }
  }
  addEventListener('hashchange', openNamed);
  openNamed();
})();
