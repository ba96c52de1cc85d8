// Which signs look like a letter of the Latin alphabet: from the confusables of Unicode 15 (UTS #39), of those that neither compatibility
// (NFKD) nor a lost mark makes that letter, letters with strokes, small capitals, and letters on their heads. i, l and 1 are one, as are
// o and 0.
#pragma once

#include <string_view>
#include <utility>

namespace mozi::user {

// clang-format off
inline constexpr std::pair<char32_t, std::u32string_view> lookalikes[] = {
    {U'a', U"\u0250\u0252\u039b\u0394\u1d00\u2206\u2227\u22c0\ua4e5"
        U"\u0251\u0391\u03b1\u0410\u0430\u13aa\u13ce\u15c5\u2376\u237a\ua4ee\U000102a0\U000118af\U00016f40"},
    {U'b', U"\u0180\u0182\u0183\u0184\u0222\u0223\u0253\u0299\u0392\u0411\u0412\u042c\u0432\u0462\u0463\u048c\u048d\u09ea\u0a6a"
        U"\u0b03\u13cf\u13f4\u1472\u1473\u15af\u15f7\ua4d0\ua7b4\U00010282\U000102a1\U00010301\U0001031a\U0001e8cb"},
    {U'c', U"\u00a2\u023c\u0421\u0441\u04aa\u04ab\u13df\u1d04\u20a1\u2ca4\u2ca5\ua4da\uabaf\U000102a2\U00010302\U00010415\U0001043d"
        U"\U0001051c\U000118e9\U000118f2\U0001f74c"},
    {U'd', U"\u1d05\u1d06\u00d0\u00f0\u0110\u0111\u0189\u018c\u0256\u0257\u0501\u13a0\u13e7\u146f\u15de\u15ea\u20ab\ua4d2\ua4d3"},
    {U'e', U"\u1d07\u01b7\u01dd\u021c\u0246\u0247\u0259\u025b\u0395\u0415\u0417\u0435\u0454\u0498\u04bd\u04bf\u04e0\u13ac\u212e\u22ff"
        U"\u2ccc\u2d39\ua4f0\ua76a\ua7ab\uab32\U00010286\U000118a6\U000118ae\U000118ca\U00016f3b\U0001d206"},
    {U'f', U"\ua730\u0191\u0192\u03dc\u0584\u15b4\u1d6e\u1e9d\ua4dd\ua798\ua799\uab35\U00010287\U000102a5\U00010525\U000118a2\U000118c2"
        U"\U0001d213"},
    {U'g', U"\u018d\u01e4\u01e5\u0260\u0261\u0262\u050c\u0581\u13c0\u13f3\u1d83\ua4d6"},
    {U'h', U"\u029c\u0126\u0127\u0266\u0397\u041d\u045b\u04a2\u04bb\u04c7\u04c9\u0570\u13bb\u13c2\u13f2\u157c\u2c67\u2c8e\ua4e7\ua695"
        U"\U000102cf"},
    {U'j', U"\u1d0a\u0248\u0249\u037f\u03f3\u0408\u0458\u13ab\u148d\ua4d9\ua7b2"},
    {U'k', U"\u0199\u039a\u041a\u049a\u049e\u13e6\u16d5\u1d0b\u20ad\u2c69\u2c94\ua4d7\ua740\U00010518"},
    {U'l', U"\u029f\u0131\u0141\u0142\u0196\u0197\u019a\u01c0\u0268\u0269\u026a\u026b\u026d\u0399\u03b9\u0406\u0456\u04c0\u04cf\u05c0"
        U"\u05d5\u05df\u0627\u0661\u0673\u06f1\u07ca\u13a5\u13de\u14aa\u16c1\u1d7b\u1d7c\u2223\u2373\u2378\u23fd\u2c92\u2cd0"
        U"\u2d4f\ua4e1\ua4f2\ua647\uab75\U0001028a\U00010309\U00010320\U0001041b\U00010526\U000118a3\U000118b2\U000118c3"
        U"\U00016f16\U00016f28\U0001d22a\U0001e8c7"},
    {U'm', U"\u0271\u039c\u03fa\u041c\u043c\u04cd\u13b7\u15f0\u16d6\u1d0d\u1d6f\u20a5\u2c98\ua4df\U000102b0\U00010311\U00011700"
        U"\U000118e3"},
    {U'n', U"\u014b\u019d\u019e\u0273\u0274\u039d\u03b7\u0578\u057c\u1d70\u2c9a\ua4e0\U0001018e\U00010513"},
    {U'o', U"\u00d8\u00f8\u019f\u0275\u0398\u039f\u03b8\u03bf\u03c3\u041e\u043e\u0472\u0473\u04e8\u04e9\u0555\u0585\u05e1\u0647"
        U"\u0665\u06be\u06c1\u06d5\u06f5\u06ff\u07c0\u0966\u09e6\u0a66\u0ae6\u0b20\u0b66\u0be6\u0c02\u0c66\u0c82\u0ce6\u0d02"
        U"\u0d20\u0d66\u0d82\u0e50\u0ed0\u101d\u1040\u10ff\u12d0\u13be\u13eb\u1d0f\u1d11\u2296\u229d\u236c\u2c9e\u2c9f\u2d31"
        U"\u2d41\u2d54\u3007\ua4f3\ua74a\ua74b\uab3d\uab3e\uab74\uab8e\uabbb\U00010292\U000102ab\U00010404\U0001042c\U000104c2"
        U"\U000104ea\U00010516\U000114d0\U000118b5\U000118c8\U000118d7\U000118e0\U0001d21a\U0001f714"},
    {U'p', U"\u01a5\u03a1\u03c1\u0420\u0440\u13e2\u146d\u1d18\u1d7d\u2374\u2ca2\u2ca3\ua4d1\U00010295"},
    {U'q', U"\u02a0\u051b\u0563\u0566\u2d55"},
    {U'r', U"\u01a6\u024d\u0279\u027c\u027d\u0280\u0433\u044f\u0493\u13a1\u13d2\u1587\u1d26\u1d72\u2c85\ua4e3\uab47\uab48\uab81"
        U"\U000104b4\U00016f35\U0001d216"},
    {U's', U"\u01bc\u01bd\u0282\u0405\u0455\u054f\u13d5\u13da\u1d74\ua4e2\ua731\uabaa\U00010296\U00010420\U00010448\U000118bb"
        U"\U000118c1\U00016f3a"},
    {U't', U"\u1d1b\u0166\u0167\u01ad\u01ae\u023e\u03a4\u0422\u04ac\u13a2\u1d75\u20ae\u22a4\u2361\u27d9\u2ca6\ua4d4\U00010297\U000102b1"
        U"\U00010315\U000118bc\U00016f0a\U0001f768"},
    {U'u', U"\u0244\u028a\u028b\u03c5\u054d\u057d\u1200\u13cc\u144c\u1d1c\u1d7e\u222a\u22c3\ua4f4\ua79f\uab4e\uab52\uab9c\U000104ce"
        U"\U000104f6\U000118b8\U000118d8\U00016f42"},
    {U'v', U"\u03bd\u0474\u0475\u05d8\u0667\u06f7\u13d9\u142f\u1d20\u2228\u22c1\u2d38\ua4e6\ua6df\uaba9\U00010197\U0001051d"
        U"\U00011706\U000118a0\U000118c0\U00016f08\U0001d20d\U0001f708"},
    {U'w', U"\u026f\u0448\u0461\u047d\u051c\u051d\u0561\u13b3\u13d4\u1d21\u20a9\ua4ea\ua761\uab83\U000114c5\U0001170a\U0001170e"
        U"\U0001170f\U000118e6\U000118ef"},
    {U'x', U"\u00d7\u03a7\u0425\u0445\u04b2\u1541\u157d\u166d\u166e\u16b7\u2573\u292b\u292c\u2a2f\u2a30\u2cac\u2d5d\ua4eb\ua7b3"
        U"\U00010196\U00010290\U000102b4\U00010317\U00010322\U00010527\U000118ec"},
    {U'y', U"\u00a5\u01b4\u024e\u024f\u0263\u028f\u03a5\u03b3\u0423\u0443\u04ae\u04af\u04b0\u04b1\u10e7\u13a9\u13bd\u1d8c\u1eff"
        U"\u2ca8\ua4ec\uab5a\U000102b2\U000118a4\U000118dc\U00016f43"},
    {U'z', U"\u01b5\u01b6\u0224\u0225\u0290\u0396\u13c3\u1d22\u1d76\ua4dc\uab93\U000102f5\U000118a9\U000118c4\U000118e5"},
};
// clang-format on

} // namespace mozi::user
