// What may be decoded at all. Two kinds of names: of codecs, as a report calls what is in a file, and of ffmpeg's decoders, which
// go on the command line as a list: software decoders only, none that reads other files or devices.
#pragma once

#include "jail/argv.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace mozi::media {

using namespace std::string_view_literals;

inline constexpr std::array picture_codecs{"av1"sv, "cfhd"sv, "cinepak"sv, "dirac"sv, "dnxhd"sv, "dvvideo"sv, "ffv1"sv, "ffvhuff"sv,
    "flashsv"sv, "flashsv2"sv, "flv1"sv, "fraps"sv, "gif"sv, "h261"sv, "h263"sv, "h263i"sv, "h263p"sv, "h264"sv, "hap"sv, "hevc"sv,
    "huffyuv"sv, "indeo3"sv, "indeo4"sv, "indeo5"sv, "jpeg2000"sv, "lagarith"sv, "magicyuv"sv, "mjpeg"sv, "mjpegb"sv, "mpeg1video"sv,
    "mpeg2video"sv, "mpeg4"sv, "msmpeg4v1"sv, "msmpeg4v2"sv, "msmpeg4v3"sv, "msrle"sv, "mss2"sv, "msvideo1"sv, "png"sv, "prores"sv,
    "qtrle"sv, "r210"sv, "rawvideo"sv, "rpza"sv, "rv10"sv, "rv20"sv, "rv30"sv, "rv40"sv, "speedhq"sv, "svq1"sv, "svq3"sv, "theora"sv,
    "tscc"sv, "utvideo"sv, "v210"sv, "v410"sv, "vc1"sv, "vp3"sv, "vp4"sv, "vp5"sv, "vp6"sv, "vp6a"sv, "vp6f"sv, "vp7"sv, "vp8"sv, "vp9"sv,
    "wmv1"sv, "wmv2"sv, "wmv3"sv, "zmbv"sv};

inline constexpr std::array sound_codecs{"aac"sv, "aac_latm"sv, "ac3"sv, "adpcm_adx"sv, "adpcm_ct"sv, "adpcm_g722"sv, "adpcm_g726"sv,
    "adpcm_g726le"sv, "adpcm_ima_amv"sv, "adpcm_ima_qt"sv, "adpcm_ima_wav"sv, "adpcm_ms"sv, "adpcm_swf"sv, "adpcm_yamaha"sv, "alac"sv,
    "amr_nb"sv, "amr_wb"sv, "ape"sv, "atrac3"sv, "atrac3p"sv, "cook"sv, "dts"sv, "dvaudio"sv, "eac3"sv, "flac"sv, "g723_1"sv, "g729"sv,
    "gsm"sv, "gsm_ms"sv, "ilbc"sv, "imc"sv, "mace3"sv, "mace6"sv, "mlp"sv, "mp1"sv, "mp2"sv, "mp3"sv, "mp4als"sv, "musepack7"sv,
    "musepack8"sv, "nellymoser"sv, "opus"sv, "pcm_alaw"sv, "pcm_bluray"sv, "pcm_dvd"sv, "pcm_f32be"sv, "pcm_f32le"sv, "pcm_f64be"sv,
    "pcm_f64le"sv, "pcm_mulaw"sv, "pcm_s16be"sv, "pcm_s16be_planar"sv, "pcm_s16le"sv, "pcm_s16le_planar"sv, "pcm_s24be"sv, "pcm_s24daud"sv,
    "pcm_s24le"sv, "pcm_s24le_planar"sv, "pcm_s32be"sv, "pcm_s32le"sv, "pcm_s32le_planar"sv, "pcm_s64be"sv, "pcm_s64le"sv, "pcm_s8"sv,
    "pcm_u16be"sv, "pcm_u16le"sv, "pcm_u24be"sv, "pcm_u24le"sv, "pcm_u32be"sv, "pcm_u32le"sv, "pcm_u8"sv, "qcelp"sv, "qdm2"sv, "qdmc"sv,
    "ra_144"sv, "ra_288"sv, "s302m"sv, "sipr"sv, "speex"sv, "tak"sv, "truehd"sv, "truespeech"sv, "tta"sv, "vorbis"sv, "wavpack"sv,
    "wmalossless"sv, "wmapro"sv, "wmav1"sv, "wmav2"sv, "wmavoice"sv};

// Text that becomes WebVTT.
inline constexpr std::array text_codecs{"ass"sv, "mov_text"sv, "ssa"sv, "subrip"sv, "text"sv, "webvtt"sv};

// Everything a file is looked at with; also covers and picture subtitles, which nobody decodes afterwards.
inline constexpr Literal decoders = "libdav1d,av1,libaom-av1,cfhd,cinepak,dirac,dnxhd,dvvideo,ffv1,ffvhuff,flashsv,flashsv2,flv,fraps,gif,"
                                    "h261,h263,h263i,h263p,h264,hap,hevc,huffyuv,indeo3,"
                                    "indeo4,indeo5,jpeg2000,lagarith,magicyuv,mjpeg,mjpegb,mpeg1video,mpeg2video,mpegvideo,mpeg4,msmpeg4v1,"
                                    "msmpeg4v2,msmpeg4,msrle,mss2,msvideo1,png,prores,"
                                    "qtrle,r210,rawvideo,rpza,rv10,rv20,rv30,rv40,speedhq,svq1,svq3,theora,camtasia,utvideo,v210,v410,vc1,"
                                    "vp3,vp4,vp5,vp6,vp6a,vp6f,vp7,vp8,vp9,wmv1,wmv2,wmv3,zmbv,"
                                    "bmp,ppm,tiff,webp,"
                                    "aac,aac_latm,ac3,adpcm_adx,adpcm_ct,g722,g726,g726le,adpcm_ima_amv,adpcm_ima_qt,adpcm_ima_wav,adpcm_"
                                    "ms,adpcm_swf,adpcm_yamaha,alac,amrnb,amrwb,ape,atrac3,"
                                    "atrac3plus,cook,dca,dvaudio,eac3,flac,g723_1,g729,gsm,gsm_ms,ilbc,imc,mace3,mace6,mlp,mp1float,mp1,"
                                    "mp2float,mp2,mp3float,mp3,als,mpc7,mpc8,nellymoser,opus,"
                                    "libopus,pcm_alaw,pcm_bluray,pcm_dvd,pcm_f32be,pcm_f32le,pcm_f64be,pcm_f64le,pcm_mulaw,pcm_s16be,pcm_"
                                    "s16be_planar,pcm_s16le,pcm_s16le_planar,pcm_s24be,"
                                    "pcm_s24daud,pcm_s24le,pcm_s24le_planar,pcm_s32be,pcm_s32le,pcm_s32le_planar,pcm_s64be,pcm_s64le,pcm_"
                                    "s8,pcm_u16be,pcm_u16le,pcm_u24be,pcm_u24le,pcm_u32be,"
                                    "pcm_u32le,pcm_u8,qcelp,qdm2,qdmc,real_144,real_288,s302m,sipr,speex,tak,truehd,truespeech,tta,vorbis,"
                                    "wavpack,wmalossless,wmapro,wmav1,wmav2,wmavoice,"
                                    "ass,ssa,mov_text,subrip,srt,text,webvtt,cc_dec,dvbsub,dvdsub,libzvbi_teletextdec,pgssub,xsub";

template <std::size_t N>
constexpr bool is_one_of(std::array<std::string_view, N> const& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace mozi::media
