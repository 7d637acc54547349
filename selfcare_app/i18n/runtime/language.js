(function () {
  var all = __LANGUAGES__, root = document.documentElement, saved, match = /(?:^|; )lang=(\w\w)/.exec(document.cookie);
  try { saved = localStorage.getItem("lang"); } catch (off) { saved = null; }
  var asked = [match && match[1], saved].concat((navigator.languages || []).map(function (tag) { return tag.slice(0, 2); }));
  var found = asked.filter(function (tag) { return all.indexOf(tag) >= 0; })[0] || __SOURCE__;
  root.lang = found;
  if (found !== __SOURCE__) root.dataset.words = "coming";
  if (/[?&](expired|ended|done|number|wait|error)=/.test(location.search)) root.dataset.arriving = "1";
})();
