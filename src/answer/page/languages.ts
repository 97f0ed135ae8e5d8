import type { Messages } from "../messages.ts";

// The order is that of the bundle. Similar languages stand together, so that gzip finds what they share.
import { en } from "./languages/en.ts";
import { de } from "./languages/de.ts";
import { nl } from "./languages/nl.ts";
import { da } from "./languages/da.ts";
import { nb } from "./languages/nb.ts";
import { sv } from "./languages/sv.ts";
import { fi } from "./languages/fi.ts";
import { et } from "./languages/et.ts";
import { hu } from "./languages/hu.ts";
import { fr } from "./languages/fr.ts";
import { it } from "./languages/it.ts";
import { ro } from "./languages/ro.ts";
import { ca } from "./languages/ca.ts";
import { es } from "./languages/es.ts";
import { pt } from "./languages/pt.ts";
import { ptBR } from "./languages/pt-BR.ts";
import { lv } from "./languages/lv.ts";
import { lt } from "./languages/lt.ts";
import { pl } from "./languages/pl.ts";
import { cs } from "./languages/cs.ts";
import { sk } from "./languages/sk.ts";
import { sl } from "./languages/sl.ts";
import { hr } from "./languages/hr.ts";
import { sr } from "./languages/sr.ts";
import { bg } from "./languages/bg.ts";
import { uk } from "./languages/uk.ts";
import { ru } from "./languages/ru.ts";
import { el } from "./languages/el.ts";
import { tr } from "./languages/tr.ts";
import { id } from "./languages/id.ts";
import { ms } from "./languages/ms.ts";
import { vi } from "./languages/vi.ts";
import { ar } from "./languages/ar.ts";
import { fa } from "./languages/fa.ts";
import { ur } from "./languages/ur.ts";
import { he } from "./languages/he.ts";
import { hi } from "./languages/hi.ts";
import { bn } from "./languages/bn.ts";
import { th } from "./languages/th.ts";
import { ja } from "./languages/ja.ts";
import { zhHans } from "./languages/zh-Hans.ts";
import { zhHant } from "./languages/zh-Hant.ts";
import { ko } from "./languages/ko.ts";

/** The languages of the built-in answers by their tags (BCP 47). English comes first: it is the default. */
export const LANGUAGES: Readonly<Record<string, Messages>> = {
  en,
  de,
  fr,
  es,
  pt,
  "pt-BR": ptBR,
  it,
  nl,
  da,
  sv,
  nb,
  fi,
  pl,
  cs,
  sk,
  hu,
  ro,
  bg,
  el,
  hr,
  sl,
  sr,
  uk,
  ru,
  et,
  lv,
  lt,
  tr,
  ca,
  ar,
  he,
  fa,
  ur,
  hi,
  bn,
  th,
  vi,
  id,
  ms,
  ja,
  ko,
  "zh-Hans": zhHans,
  "zh-Hant": zhHant,
};
