import type { Messages } from "../../messages.ts";

/** Chinese in simplified characters, 简体中文. */
export const zhHans: Messages = {
  title: "网站维护中",
  text: "我们正在进行网站维护，很快将恢复访问。",
  readOnlyTitle: "维护期间仅供浏览",
  readOnlyText: "我们正在进行网站维护。您可以照常浏览所有内容，但暂时无法进行任何更改。",
  expected: "预计恢复时间：{time}",
  waiting: "您可以保持此页面打开，网站恢复后将自动返回。",
  notSent: "您提交的内容未被保存。请在网站恢复后返回，并重新提交。",
  retry: "重试",
  goBack: "返回表单",
  available: "网站已恢复访问。",
  contact: "联系我们",
  accessCode: "访问码",
  enter: "继续",
  wrongCode: "访问码不正确。",
  planned: "计划维护时间：{start}至{end}",
  plannedOpen: "计划维护开始时间：{start}",
};
