import type { Messages } from "../../messages.ts";

/** Korean, 한국어. */
export const ko: Messages = {
  title: "사이트 점검 중입니다",
  text: "현재 사이트를 점검하고 있습니다. 곧 다시 이용하실 수 있습니다.",
  readOnlyTitle: "점검 중에는 읽기만 가능합니다",
  readOnlyText: "현재 사이트를 점검하고 있습니다. 평소처럼 모든 내용을 보실 수 있지만, 지금은 변경하실 수 없습니다.",
  expected: "재개 예정: {time}",
  waiting: "이 페이지를 열어 두셔도 됩니다. 사이트가 다시 열리면 원래 페이지로 자동으로 돌아갑니다.",
  notSent: "보내신 내용은 저장되지 않았습니다. 사이트가 다시 열리면 이전 화면으로 돌아가 다시 보내 주시기 바랍니다.",
  retry: "다시 시도",
  goBack: "양식으로 돌아가기",
  available: "사이트를 다시 이용하실 수 있습니다.",
  contact: "문의하기",
  accessCode: "액세스 코드",
  enter: "계속",
  wrongCode: "액세스 코드가 올바르지 않습니다.",
  planned: "점검 예정: {start}부터 {end}까지",
  plannedOpen: "점검 예정: {start}부터",
};
