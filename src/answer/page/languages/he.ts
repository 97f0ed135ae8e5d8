import type { Messages } from "../../messages.ts";

/** Hebrew, עברית. */
export const he: Messages = {
  title: "האתר בתחזוקה",
  text: "אנחנו עובדים על האתר, והוא ישוב לפעול בקרוב.",
  readOnlyTitle: "קריאה בלבד בזמן התחזוקה",
  readOnlyText: "אנחנו עובדים על האתר. אפשר לקרוא הכול כרגיל, אך בשלב זה לא ניתן לבצע שינויים.",
  expected: "מועד חזרה משוער: {time}",
  waiting: "אפשר להשאיר את הדף הזה פתוח. הוא יחזיר אתכם לאתר ברגע שיהיה זמין.",
  notSent: "הפרטים ששלחתם לא נשמרו. נא לחזור לטופס ולשלוח אותם שוב כשהאתר יהיה זמין.",
  retry: "ניסיון חוזר",
  goBack: "חזרה לטופס",
  available: "האתר זמין שוב.",
  contact: "יצירת קשר",
  accessCode: "קוד גישה",
  enter: "המשך",
  wrongCode: "קוד הגישה שגוי.",
  planned: "תחזוקה מתוכננת: מתאריך {start} עד {end}",
  plannedOpen: "תחזוקה מתוכננת: החל מתאריך {start}",
};
