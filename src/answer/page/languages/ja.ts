import type { Messages } from "../../messages.ts";

/** Japanese, 日本語. */
export const ja: Messages = {
  title: "メンテナンス中",
  text: "ただいまサイトのメンテナンスを行っています。再開まで今しばらくお待ちください。",
  readOnlyTitle: "メンテナンス中のため閲覧のみ可能です",
  readOnlyText:
    "ただいまサイトのメンテナンスを行っています。閲覧は通常どおりご利用いただけますが、変更や登録などの操作は現在ご利用いただけません。",
  expected: "再開予定：{time}",
  waiting: "このページは開いたままで構いません。サイトが再開すると、自動的に元のページへ戻ります。",
  notSent:
    "送信された内容は保存されていません。お手数ですが、サイトの再開後に前の画面へ戻り、もう一度送信してください。",
  retry: "再試行",
  goBack: "フォームに戻る",
  available: "サイトが再開しました。",
  contact: "お問い合わせ",
  accessCode: "アクセスコード",
  enter: "続ける",
  wrongCode: "アクセスコードが正しくありません。",
  planned: "メンテナンス予定：{start}から{end}まで",
  plannedOpen: "メンテナンス予定：{start}から",
};
