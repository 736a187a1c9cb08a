/** Text in the form in which it is searched. */
import { fold } from "./fold";

// Pairs of a base letter and the letters that are searched like it. Unicode has no decomposition for these: they have a stroke, a
// hook or the like, or are ligatures.
const BASES =
  "a ᶏⱥ ae æ b ƀƃɓᵬᶀꞗ c ƈȼɕꞓꞔ d đƌȡɖɗᵭᶁᶑꟈð e ɇᶒⱸꬴəɛǝ f ƒᵮᶂꞙ g ǥɠᶃꞡɣ h ħɦⱨꞕ i ɨᶖıɩ j ɉʝ k ƙᶄⱪꝁꝃꝅꞣĸ " +
  "l łƚȴɫɬɭᶅⱡꝉꞎꬷꬸꬹ m ɱᵯᶆꬺ n ƞȵɲɳᵰᶇꞑꞥꬻŋ o øⱺꝋꝍɔ oe œ p ƥᵱᵽᶈꝑꝓꝕ q ɋʠꝗꝙ r ɍɼɽɾᵲᵳᶉꞧꭉ s ȿʂᵴᶊꞩꟊ t ŧƫƭȶʈᵵⱦ " +
  "u ᶙꞹꭎꭒʊ v ʋᶌⱱⱴꝟ w ⱳ x ᶍꭖꭗꭘꭙ y ƴɏỿꭚ z ƶȥɀʐʑᵶᶎⱬʒ г ґғҕӷӻ ж җ з ҙ й ҋ к қҝҟӄ л ӆԓԡԯ м ӎ н ңӈӊԣԩ п ҧԥ " +
  "р ҏ с ҫ т ҭꚋ х ҳӽӿ ч ҷҹ ы ꙑ th þ u ʉ";

const BASE_OF: ReadonlyMap<string, string> = new Map(
  BASES.split(" ").flatMap((part, at, all) =>
    at % 2 === 1 ? [...part].map((letter): [string, string] => [letter, all[at - 1] ?? ""]) : [],
  ),
);

/**
 * The base letters of a text: without case, accents and apostrophes, "zoe" for "Zoë", "lukasz" for "Łukasz", "strasse" for "Straße",
 * and single jamo for Hangul. Every search of the page compares what was typed with what there is in this form;
 * `tests/vectors/search.json` has examples. Names are compared by `fold`, which keeps accents.
 */
export function searchable(text: string): string {
  const plain = fold(text)
    .normalize("NFKD")
    .replace(/[\p{M}'‘’ʻʼ]/gu, "");
  return /^[\0-\x7f]*$/.test(plain) ? plain : Array.from(plain, (letter) => BASE_OF.get(letter) ?? letter).join("");
}
